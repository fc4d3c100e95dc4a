/** The words of a text, folded: "Don’t" and "DON'T" become "don't". A hyphen separates words. */
export function splitWords(text: string): string[] {
  return (text.normalize('NFKC').match(/[\p{L}\p{M}\p{N}]+(?:['’ʼ][\p{L}\p{M}\p{N}]+)*/gu) ?? []).map(foldWord)
}

/** Without case and accents, and with one kind of apostrophe, of double s and of umlauts: "schlaegt" is "schlägt". */
export function foldWord(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/([aou])e/g, '$1')
    .replace(/[’ʼ]/g, "'")
}
