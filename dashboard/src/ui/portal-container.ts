/**
 * Where what floats is put: inside the page's main landmark, so that a screen reader finds it where it belongs. Before
 * there is one, the body.
 */
export function portalContainer(): HTMLElement {
  return document.getElementById('main') ?? document.body
}
