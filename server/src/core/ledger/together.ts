/** Waits for all of them, which were begun at once. Where several fail, the first in their order is told. */
export async function together<const T extends readonly unknown[]>(
  begun: T,
): Promise<{ -readonly [Place in keyof T]: Awaited<T[Place]> }> {
  const ends = await Promise.allSettled(begun)
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return ends.map((end) => (end as PromiseFulfilledResult<unknown>).value) as {
    -readonly [Place in keyof T]: Awaited<T[Place]>
  }
}
