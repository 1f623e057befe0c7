// Our own small improvements. Every page works without them.

// A long catalogue becomes a box that searches as one types. The select stays in the form and is what is sent.
function enhanceCatalogues () {
  const selects = [...document.querySelectorAll('select[data-app-catalogue]')]
  if (!selects.length) return
  const script = document.createElement('script')
  script.src = selects[0].dataset.appCatalogue
  script.addEventListener('load', () => selects.forEach(enhanceCatalogue))
  document.head.append(script)
}

function enhanceCatalogue (select) {
  const describedBy = select.getAttribute('aria-describedby') ?? ''
  const hasError = select.classList.contains('govuk-select--error')
  window.accessibleAutocomplete.enhanceSelectElement({
    selectElement: select,
    defaultValue: select.value ? select.selectedOptions[0].text : '',
    autoselect: false,
    confirmOnBlur: false,
    showAllValues: true,
    minLength: 2,
    displayMenu: 'overlay',
    name: '',
    source: catalogueSource(select),
    inputClasses: hasError ? 'govuk-input--error' : null,
    onConfirm: (text) => choose(select, text)
  })
  const input = document.getElementById(select.id.replace(/-select$/, ''))
  if (describedBy) keepDescribed(input, describedBy)
  // What is left in the box without being chosen is not an answer: choose an exact match, else clear the answer.
  input.addEventListener('blur', () => choose(select, input.value))
}

// The library takes its own description away once one types; the field's hint and error stay.
function keepDescribed (input, ids) {
  const describe = () => {
    const now = input.getAttribute('aria-describedby') ?? ''
    if (!now.startsWith(ids)) input.setAttribute('aria-describedby', `${ids} ${now}`.trim())
  }
  new MutationObserver(describe).observe(input, { attributeFilter: ['aria-describedby'] })
  describe()
}

// Every word typed must begin a word of the choice, in any order: "theft shop" finds "Theft from a shop". Choices whose
// own words fit come first, then those found by their other words: "shoplifting", "s47".
function catalogueSource (select) {
  const wordsOf = (text) => text.toLowerCase().split(/[\s(),;./-]+/).filter(Boolean)
  const choices = [...select.options].filter((option) => option.value).map((option) => {
    const own = wordsOf(option.text)
    return { text: option.text, own, all: [...own, ...wordsOf(option.dataset.appSearch ?? '')] }
  })
  return (query, found) => {
    const asked = wordsOf(query)
    const fits = (words) => asked.every((word) => words.some((one) => one.startsWith(word)))
    const others = choices.filter((choice) => !fits(choice.own) && fits(choice.all))
    found([...choices.filter((choice) => fits(choice.own)), ...others].map((choice) => choice.text))
  }
}

function choose (select, text) {
  const wanted = (text ?? '').trim().toLowerCase()
  const option = [...select.options].find((one) => one.value && one.text.trim().toLowerCase() === wanted)
  const value = option ? option.value : ''
  if (select.value === value) return
  select.value = value
  select.dispatchEvent(new Event('change', { bubbles: true }))
}

// Progress: asks every two seconds, tells what it hears, and loads the page again when the work has ended.
function follow (progress) {
  const bar = progress.querySelector('progress')
  const text = progress.querySelector('[role=status]')
  const ask = async () => {
    let wait = 2000
    try {
      const answer = await fetch(progress.dataset.appPoll, { headers: { Accept: 'application/json' } })
      if (!answer.ok) throw new Error(answer.statusText)
      const { done, total, message, finished } = await answer.json()
      if (finished) return window.location.reload()
      if (done !== null && done !== undefined) {
        bar.max = total ?? 100
        bar.value = done
      }
      if (message && text.textContent !== message) text.textContent = message
    } catch {
      wait = 10000 // the line may come back
    }
    setTimeout(ask, wait)
  }
  setTimeout(ask, 1000)
}

// govuk-frontend marks radios that reveal something with aria-expanded, which ARIA does not allow on a radio.
function mendRadios () {
  document.querySelectorAll('input[type=radio][aria-expanded]').forEach((radio) => radio.removeAttribute('aria-expanded'))
}

// A region that need not be scrolled should not stop the Tab key.
function markScrollable (region) {
  if (region.scrollWidth > region.clientWidth) region.tabIndex = 0
  else region.removeAttribute('tabindex')
}

const widths = new ResizeObserver((changes) => changes.forEach(({ target }) => markScrollable(target)))
document.querySelectorAll('.app-scroll').forEach((region) => widths.observe(region))

enhanceCatalogues()
mendRadios()
document.addEventListener('click', mendRadios)
window.addEventListener('pageshow', mendRadios)
document.querySelectorAll('[data-app-poll]').forEach(follow)
