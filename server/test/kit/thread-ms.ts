/** Of the processors' time, what this thread has had so far, in ms. A machine that is busy otherwise adds nothing to it. */
export function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
