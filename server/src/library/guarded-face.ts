import type { Embedded } from './embedded.ts'
import { type Guard, guarded } from './guarded.ts'

/** The registry whose operations go through `guard`, each as a whole. */
export function guardedFace(face: Omit<Embedded, 'during'>, guard: Guard): Embedded {
  const within: Embedded = { ...face, during: (operation) => operation(within) }
  return {
    ...face,
    artifacts: guarded(face.artifacts, guard),
    during: (operation) => guard(() => operation(within)),
  }
}
