/** What acts in a text or hides in it, told by the properties that Unicode gives its characters. */

const ACTS = /[\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u
/** Soft hyphens, joiners, and what chooses between the shapes of a letter or an emoji: texts of people hold them. */
const NEEDED = /\u00ad|\u034f|[\u17b4\u17b5]|[\u180b-\u180d\u180f]|[\u200c\u200d]|[\ufe00-\ufe0f]/

const isHidden = (character: string): boolean => ACTS.test(character) && !NEEDED.test(character)

/** The hidden characters of a text. */
export const hiddenIn = (text: string): string[] => [...text].filter(isHidden)

/** The first and the last of each run of such characters: what one of them does not betray, another may. */
export const HIDDEN_TEXT = Array.from({ length: 0x110000 - 0x61c }, (_, index) => index + 0x61c)
  .filter((code) => (code < 0xd800 || code > 0xdfff) && isHidden(String.fromCodePoint(code)))
  .filter((code, index, all) => all[index - 1] !== code - 1 || all[index + 1] !== code + 1)
  .map((code) => String.fromCodePoint(code))
  .join('')
