// Choosing a scheme shows its appointments and conditions at once. Without this script a button does the same.
const form = document.querySelector('[data-app-record]')
const show = form?.querySelector('[data-app-show]')

let latest = 0

async function refresh () {
  const mine = ++latest
  const body = new FormData(form)
  body.set(show.name, show.value)
  const answer = await fetch(form.action, { method: 'POST', body, redirect: 'error' })
  if (!answer.ok) throw new Error(answer.statusText)
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const agreement = page.querySelector('[data-app-agreement]')
  if (mine !== latest || !agreement) return // another scheme has been chosen meanwhile
  form.querySelector('[data-app-agreement]').innerHTML = agreement.innerHTML
}

if (form && show) {
  show.hidden = true
  form.addEventListener('change', (event) => {
    if (event.target.name === 'scheme') refresh().catch(() => { show.hidden = false })
  })
}
