import type { FoundRow } from './found-row.ts'
import { type SearchStage, type StageQuestion, stageOf } from './search-stage.ts'
import { type Asker, settledAnswer } from './settled-answer.ts'

export interface FoundStage extends SearchStage {
  /** The artifacts behind the hits as they are now; without those that have gone, or out of sight, since they were indexed. */
  readonly rows: ReadonlyMap<string, FoundRow>
}

/** What an index finds that has nothing in it which was hidden before it was asked. @throws as `settledAnswer` */
export async function foundStage(question: StageQuestion & Asker): Promise<FoundStage> {
  const { value, rows } = await settledAnswer(question, async () => {
    const stage = await stageOf(question)
    return { value: stage, ids: stage.answer.hits.map(({ id }) => id) }
  })
  return { ...value, rows }
}
