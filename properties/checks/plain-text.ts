/** Text from elsewhere, as files and terminals can be given it. */
import { stripVTControlCharacters } from 'node:util';

/** Without colours; control characters, for which XML 1.0 has no place, escaped or not, become U+FFFD. */
export function plainText(text: string): string {
  return (
    stripVTControlCharacters(text)
      .replaceAll(/\r\n?/g, '\n')
      // oxlint-disable-next-line no-control-regex -- they are what must not be in the file
      .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\uFFFE\uFFFF]/g, '\uFFFD')
  );
}

export function oneLine(text: string): string {
  return plainText(text).replaceAll(/\s+/g, ' ').trim();
}
