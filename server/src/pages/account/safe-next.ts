/**
 * Where to go on after a login: a path of this registry, and nothing else, whoever has made the link. Browsers take `//host`,
 * `/\host` and control characters before them for another host (URL Standard, "relative slash state").
 */
export function safeNext(given: string | undefined): string {
  if (given === undefined || !/^\/(?![/\\])[\x21-\x7e]*$/.test(given) || given.includes('\\')) return '/'
  const url = new URL(given, 'http://own.invalid')
  const next = `${url.pathname}${url.search}`
  // Of `/.//host` two slashes are left, once its dot is gone.
  return url.host === 'own.invalid' && !next.startsWith('//') ? next : '/'
}
