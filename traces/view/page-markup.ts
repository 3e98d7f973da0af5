/** What all pages have: text as markup, and the policy by which a browser loads nothing from anywhere. */

/** For text and attributes in double quotes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

export const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
