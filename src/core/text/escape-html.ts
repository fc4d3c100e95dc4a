/** Escapes text for HTML content and quoted attribute values. Not for URLs, scripts or styles. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
}
