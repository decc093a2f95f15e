import { WrongAnswer } from '../../session/row.ts'

/** Layers are compared only where they say the same. */
export class Agreement {
  #first: { readonly name: string; readonly said: string } | undefined

  /** @throws WrongAnswer */
  hold(name: string, said: string): void {
    this.#first ??= { name, said }
    if (this.#first.said !== said) throw new WrongAnswer(`it answers otherwise than ${this.#first.name}`)
  }
}
