/** A name as SQL has it: quoting keeps SQL's own words usable, and capitals. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
