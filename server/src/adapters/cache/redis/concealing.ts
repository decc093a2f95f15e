/**
 * What is said, without the password of the URL: a server that does not know how clients log in repeats what it was told, the
 * password too.
 */
export function concealing(url: string): (text: string) => string {
  const { password = '' } = URL.parse(url) ?? {}
  const secrets = [password, decoded(password)].filter((secret) => secret !== '')
  return (text) => secrets.reduce((shown, secret) => shown.replaceAll(secret, '…'), text)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
