/**
 * An id that sorts by the time at which it was made: RFC 9562, 5.7, a UUID of version 7. Rows that are made together stand
 * together then, where ids of chance would each touch another page of every order that begins with them.
 */
export function timeOrderedId(nowMs: number, uuid: string): string {
  const time = Math.floor(nowMs).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${uuid.slice(15)}`
}
