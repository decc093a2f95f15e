/** Only this machine can be reached by it, so nobody else can listen in where it is not TLS. */
export function isLoopbackUrl(text: string): boolean {
  const host = URL.parse(text)?.hostname
  return host !== undefined && /^(?:localhost|\[::1\]|127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/.test(host)
}
