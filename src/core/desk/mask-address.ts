/** `m•••@example.org`: enough to recognise an address that one knows, for lists that others may see. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@')
  return `${[...address.slice(0, at)][0] ?? ''}•••${address.slice(at)}`
}
