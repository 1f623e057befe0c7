// What the answers so far open and ask appears while one types and chooses: the page is asked again, and only the parts
// marked data-app-part change. Without this script "Continue" does the same. What was typed into a part that has gone
// comes back with it; where the keyboard stands is kept. A group that is answered folds to a line once one goes on.
const form = document.querySelector('[data-app-record]')
const show = form?.querySelector('[data-app-show]')
const lost = form?.querySelector('[data-app-lost]')
const WAIT = 250 // a run of arrow keys is one choice
const PAUSE = 1500 // what opens nothing is only kept, and can wait for the next box
const typed = new Map()
const since = new Set() // what was typed after the last question was sent: the answer knows nothing of it
let asking = new AbortController()
let timer = 0

// A signature under one offer is none under another: it comes back with its own alone.
const offerOf = (input) => (/^(signed_as|adult)$/.test(input.name) ? ` for ${form.elements.signed_for?.value}` : '')
const keyOf = (input) => input.name + (/^(radio|checkbox)$/.test(input.type) ? `=${input.value}` : offerOf(input))
const inputsOf = (part) => [...part.querySelectorAll('input, select, textarea')].filter((input) => input.type !== 'hidden')

function remember (part) {
  for (const input of inputsOf(part)) {
    typed.set(keyOf(input), /^(radio|checkbox)$/.test(input.type) ? input.checked : input.value)
  }
}

function bringBack (part, isWanted) {
  for (const input of inputsOf(part)) {
    const key = keyOf(input)
    if (!typed.has(key) || !isWanted(key)) continue
    if (!/^(radio|checkbox)$/.test(input.type)) input.value = typed.get(key)
    else if (typed.get(key) || since.has(key)) input.checked = typed.get(key)
  }
}

function replace (part, fresh) {
  if (part.innerHTML === fresh.innerHTML && part.hidden === fresh.hidden) return
  const had = new Set(inputsOf(part).map(keyOf))
  const focused = part.contains(document.activeElement) ? document.activeElement.id : ''
  const open = [...part.querySelectorAll('details')].map((one) => one.open)
  const count = open.length
  remember(part)
  part.innerHTML = fresh.innerHTML
  part.hidden = fresh.hidden
  bringBack(part, (key) => !had.has(key) || since.has(key))
  const folded = [...part.querySelectorAll('details')]
  if (folded.length === count) folded.forEach((one, place) => { one.open = one.open || open[place] })
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true })
}

function fold (group, fresh) {
  group.hidden = fresh.hidden
  const waits = fresh.hasAttribute('data-app-waits') // what was opened before its turn stays open
  if (!waits) group.open = fresh.open || group.contains(document.activeElement)
  group.querySelector('summary').innerHTML = fresh.querySelector('summary').innerHTML
}

// Whoever answers elsewhere has left what is answered: it folds at once, before the service says what comes next.
function leave (input) {
  for (const group of form.querySelectorAll('[data-app-fold][open]')) {
    const isAnswered = group.querySelector('.app-fold__line').textContent.trim() !== ''
    if (isAnswered && !group.contains(input)) group.open = false
  }
}

// "None of these" and "not checked" stand alone: ticking one takes the others back, and ticking another takes it back.
const ALONE = /^(none_on_record|none_said|not_checked)$/
function standAlone (box) {
  if (box.name !== 'fact-any_of' || !box.checked) return
  for (const other of form.elements[box.name]) {
    if (other !== box && (ALONE.test(box.value) || ALONE.test(other.value))) other.checked = false
  }
}

// What changes above it must not move what is under the hand.
function inPlace (change) {
  const before = document.activeElement.getBoundingClientRect().top
  change()
  if (document.activeElement !== document.body) {
    scrollBy(0, document.activeElement.getBoundingClientRect().top - before)
  }
}

function take (page) {
  for (const fresh of page.querySelectorAll('[data-app-part], [data-app-fold]')) {
    const now = document.getElementById(fresh.id)
    if (now) fresh.hasAttribute('data-app-part') ? replace(now, fresh) : fold(now, fresh)
  }
}

async function refresh () {
  asking.abort()
  asking = new AbortController()
  const body = new FormData(form)
  body.set(show.name, 'parts')
  body.set('at', document.activeElement.closest('[data-app-fold]')?.id ?? '')
  since.clear()
  const answer = await fetch(form.action, { method: 'POST', body, redirect: 'error', signal: asking.signal })
  if (!answer.ok) throw new Error(answer.statusText)
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  inPlace(() => take(page))
  if (!form.elements.narrowed) {
    form.insertAdjacentHTML('beforeend', '<input type="hidden" name="narrowed" value="1">')
  }
  show.hidden = lost.hidden = true
  history.replaceState(null, '', form.getAttribute('action')) // back, and a new sign-in, lead to the page as it is kept
}

// Whoever has signed in again, in another window, has another token.
async function renew () {
  const answer = await fetch(form.action.split('?')[0], { redirect: 'error' })
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  form.elements.csrfmiddlewaretoken.value = page.querySelector('[name=csrfmiddlewaretoken]').value
}

function later (wait) {
  clearTimeout(timer)
  timer = setTimeout(() => {
    const ready = lost.hidden ? Promise.resolve() : renew()
    ready.then(refresh).catch((error) => { if (error.name !== 'AbortError') show.hidden = lost.hidden = false })
  }, wait)
}

// What cannot change what is open is asked about later, once for several boxes: it is kept all the same.
const passedOver = /^(telephone|safe_contact|needs_interpreter|rationale|slot|template-|conditions-|signed_as|adult|admitted_)/

if (form && show) {
  show.hidden = true
  form.addEventListener('input', (event) => since.add(keyOf(event.target)))
  form.addEventListener('change', (event) => {
    standAlone(event.target)
    inPlace(() => leave(event.target))
    later(passedOver.test(event.target.name) ? PAUSE : WAIT)
  })
  // The line is gone once its group is open: the keyboard goes on with the first question of it.
  form.addEventListener('click', (event) => {
    const group = event.target.closest('summary')?.closest('[data-app-fold]')
    if (group) setTimeout(() => inputsOf(group)[0]?.focus())
  })
  for (const back of ['online', 'focus']) addEventListener(back, () => { if (!lost.hidden) later(WAIT) })
}
