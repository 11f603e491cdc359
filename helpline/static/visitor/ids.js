// Ids that a client gives to what it sends, so that nothing is stored twice.

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID(); // only where the connection is secure
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
