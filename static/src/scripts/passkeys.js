// Asks the browser for a passkey and sends what it says. Without JavaScript a code does the same.

const toBytes = (text) => {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(plain, (one) => one.charCodeAt(0))
}

const toText = (bytes) => {
  const plain = String.fromCharCode(...new Uint8Array(bytes))
  return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

const withId = (one) => ({ ...one, id: toBytes(one.id) })

async function create ({ publicKey }) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: withId(publicKey.user),
      excludeCredentials: (publicKey.excludeCredentials ?? []).map(withId)
    }
  })
  return said(made, { attestationObject: toText(made.response.attestationObject) })
}

async function get ({ publicKey }) {
  const found = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: (publicKey.allowCredentials ?? []).map(withId)
    }
  })
  const { authenticatorData, signature, userHandle } = found.response
  return said(found, {
    authenticatorData: toText(authenticatorData),
    signature: toText(signature),
    userHandle: userHandle ? toText(userHandle) : null
  })
}

const said = (credential, response) => ({
  id: credential.id,
  rawId: toText(credential.rawId),
  type: credential.type,
  clientExtensionResults: credential.getClientExtensionResults(),
  authenticatorAttachment: credential.authenticatorAttachment ?? null,
  response: { clientDataJSON: toText(credential.response.clientDataJSON), ...response }
})

const ways = { create, get }

document.querySelectorAll('[data-app-passkey]').forEach((form) => {
  const failed = form.querySelector('[data-app-passkey-failed]')
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    failed.hidden = true
    try {
      const answer = await ways[form.dataset.appPasskey](JSON.parse(form.dataset.appQuestion))
      form.querySelector('[name=answer]').value = JSON.stringify(answer)
      form.submit()
    } catch {
      failed.hidden = false
    }
  })
})
