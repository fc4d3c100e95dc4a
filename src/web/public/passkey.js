// Signs in with a passkey, or adds one. Without scripts, or in a browser without passkeys, the emailed link remains.
for (const part of document.querySelectorAll('[data-passkey]')) {
  const { passkey, challenge, answer, then } = part.dataset
  const failed = part.querySelector('[data-failed]')
  if (globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON === undefined) continue

  const post = async (path, body) => {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(body),
    })
    const said = response.headers.get('Content-Type')?.includes('json') ? await response.json() : {}
    if (!response.ok) throw new Error(said.message ?? failed.dataset.failed)
    return said
  }

  const ask = async (options) =>
    passkey === 'add'
      ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })

  part.querySelector('button').addEventListener('click', async () => {
    failed.textContent = ''
    try {
      const credential = await ask(await post(challenge, {}))
      await post(answer, credential.toJSON())
      location.assign(then)
    } catch (error) {
      // The browser's own errors (cancelled, timed out) are in its language and say little.
      failed.textContent = error instanceof DOMException ? failed.dataset.failed : error.message
    }
  })
  part.hidden = false
}
