/**
 * What asks a browser for a passkey, and sends its answer with the form as any other field. It stands in the page whole: the
 * security policy names it by its hash, so nothing else runs there. It speaks to nobody.
 */
export const passkeyScript = `
const form = document.querySelector('form[data-options]')
const said = form.querySelector('[role=alert]')
const button = form.querySelector('button')
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0))
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }))
const asked = JSON.parse(form.dataset.options)
const publicKey = { ...asked, challenge: bytes(asked.challenge) }
const isNew = asked.user !== undefined
if (isNew) {
  publicKey.user = { ...asked.user, id: bytes(asked.user.id) }
  publicKey.excludeCredentials = known(asked.excludeCredentials)
} else publicKey.allowCredentials = known(asked.allowCredentials)
form.addEventListener('submit', async (event) => {
  if (form.elements.passkey.value !== '') return
  event.preventDefault()
  button.disabled = true
  said.textContent = ''
  try {
    const found = isNew
      ? await navigator.credentials.create({ publicKey })
      : await navigator.credentials.get({ publicKey })
    const { response } = found
    const names = isNew
      ? ['clientDataJSON', 'attestationObject']
      : ['clientDataJSON', 'authenticatorData', 'signature', 'userHandle']
    form.elements.passkey.value = JSON.stringify({
      id: found.id,
      rawId: text(found.rawId),
      type: found.type,
      clientExtensionResults: found.getClientExtensionResults(),
      response: Object.fromEntries(
        names.filter((name) => response[name]).map((name) => [name, text(response[name])]),
      ),
    })
    form.submit()
  } catch (error) {
    said.textContent = 'No passkey was given: ' + error.message
    button.disabled = false
  }
})
button.disabled = navigator.credentials === undefined
if (button.disabled) said.textContent = 'This browser has no passkeys here: they want a connection by TLS.'
`
