/** What some work comes to now, for whoever asks later: the value, or what was thrown. */
export function outcomeOf<T>(work: () => T): () => T {
  try {
    const value = work()
    return () => value
  } catch (error) {
    return () => {
      throw error
    }
  }
}
