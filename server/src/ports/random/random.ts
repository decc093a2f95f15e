/** Chance, injected so that a seed repeats a run. Real engines are cryptographically strong. */
export interface Random {
  bytes(length: number): Uint8Array
  /** RFC 9562 version 4. */
  uuid(): string
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number
}
