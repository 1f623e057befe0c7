// Compiles the one style sheet, and copies the scripts and images that pages really use, into static/build/.
// Run by `npm run build`. The result depends on nothing but the sources and the locked packages.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compile } from 'sass'

const source = dirname(fileURLToPath(import.meta.url))
const root = join(source, '..', '..')
const packages = join(root, 'node_modules')
const build = join(root, 'static', 'build')
const mojImages = join(packages, '@ministryofjustice/frontend/moj/assets/images')

// Crests, crowns and logotypes belong to government alone; the editor icons belong to a component that we do not use.
const notOurs = /crest|crown|logotype|govuk-icon|opengraph|apple-touch|wysiwyg/

// Source maps are not shipped, and hashed static storage fails on a map that is named but missing.
const withoutMap = (text) => text.replace(/\n?\/[/*]# sourceMappingURL=[^\n*]*(\*\/)?/g, '')

// Warnings about the two design systems' own code are theirs to mend.
function tellOurs (message, { stack }) {
  if (!/^\s*node_modules/.test(stack ?? '')) console.warn(message + '\n' + (stack ?? ''))
}

function styles () {
  const { css } = compile(join(source, 'app.scss'), {
    loadPaths: [root, packages], style: 'compressed', quietDeps: true, logger: { warn: tellOurs }
  })
  return css.replace(/[\w-]+:url\(["']?([^"')]+)["']?\)[^;}]*;?/g, (rule, url) => (notOurs.test(url) ? '' : rule))
}

function imagesIn (css) {
  const named = [...css.matchAll(/url\(["']?images\/([^"')]+)["']?\)/g)].map((match) => match[1])
  return [...new Set(named)].sort()
}

const css = styles()
rmSync(build, { recursive: true, force: true })
mkdirSync(join(build, 'images'), { recursive: true })
writeFileSync(join(build, 'app.css'), css)
for (const name of imagesIn(css)) cpSync(join(mojImages, name), join(build, 'images', name))
cpSync(join(source, 'images'), join(build, 'images'), { recursive: true })

// For the papers that people are given (diversion/documents), which use no font of the machine.
mkdirSync(join(build, 'fonts'))
for (const name of ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']) {
  cpSync(join(packages, 'dejavu-fonts-ttf/ttf', name), join(build, 'fonts', name))
}

const scripts = {
  'govuk-frontend.min.js': join(packages, 'govuk-frontend/dist/govuk/govuk-frontend.min.js'),
  'moj-frontend.min.js': join(packages, '@ministryofjustice/frontend/moj/moj-frontend.min.js'),
  'accessible-autocomplete.min.js': join(packages, 'accessible-autocomplete/dist/accessible-autocomplete.min.js')
}
for (const name of readdirSync(join(source, 'scripts')).sort()) scripts[name] = join(source, 'scripts', name)
for (const [name, path] of Object.entries(scripts)) {
  writeFileSync(join(build, name), withoutMap(readFileSync(path, 'utf8')))
}
