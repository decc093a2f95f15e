/**
 * Does `work` for each of the items, some at once. After the first failure nothing more is begun; what is under way is
 * waited for. @throws that failure
 */
export async function atOnce<T>(
  most: number,
  items: AsyncIterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]()
  let failure: { readonly error: unknown } | undefined
  const one = async (): Promise<void> => {
    while (failure === undefined) {
      try {
        const next = await iterator.next()
        if (next.done) return
        await work(next.value)
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: most }, one))
  if (failure === undefined) return
  await iterator.return?.()
  throw failure.error
}
