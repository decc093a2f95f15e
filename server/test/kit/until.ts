const deadlineMs = 20_000
const betweenMs = 20

/** Waits for what another process does in its own time; throws where it does not come. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const late = performance.now() + deadlineMs
  while (!(await holds())) {
    if (performance.now() > late) throw new Error(`waited ${deadlineMs} ms in vain for: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, betweenMs))
  }
}
