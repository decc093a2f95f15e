import { html, type Markup } from '../shared/html.ts'

/** Light modules around the dark ones (ISO/IEC 18004, section 5.3.8): readers find it by them, on a dark page too. */
const quiet = 4

/** A QR code of some text, as a picture within the page: nothing is fetched, and nobody else is asked to draw a secret. */
export async function qrCode(text: string, label: string): Promise<Markup> {
  const { encode } = await import('uqr')
  const { data, size } = encode(text, { ecc: 'M', border: quiet })
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}h-${size}z"/><path fill="#000" d="${dark}"/></svg>`
}
