/** Signs that belong to no single alphabet: digits, punctuation, some modifiers. */
const SHARED = /[\p{Script_Extensions=Common}\p{Script_Extensions=Inherited}]/gu

/** What one language writes side by side: Latin with the Japanese, the Korean and the Chinese scripts. */
const COMPANIES = ['Latn', 'Latn Hani Hira Kana', 'Latn Hani Hang', 'Latn Hani Bopo']

/** All other scripts that have letters, by their codes in ISO 15924 and as of Unicode 16; living ones first. */
const SCRIPTS = `
  Cyrl Grek Arab Hebr Deva Beng Thai Armn Ethi Geor Gujr Guru Khmr Knda Laoo Mlym Mymr Orya Sinh Taml Telu Thaa Tibt
  Adlm Aghb Ahom Armi Avst Bali Bamu Bass Batk Bhks Brah Bugi Buhd Cakm Cans Cari Cham Cher Chrs Copt Cpmn Cprt Diak
  Dogr Dsrt Dupl Egyp Elba Elym Gara Glag Gong Gonm Goth Gran Gukh Hano Hatr Hluw Hmng Hmnp Hung Ital Java Kali Kawi
  Khar Khoj Kits Krai Kthi Lana Lepc Limb Lina Linb Lisu Lyci Lydi Mahj Maka Mand Mani Marc Medf Mend Merc Mero Miao
  Modi Mong Mroo Mtei Mult Nagm Nand Narb Nbat Newa Nkoo Nshu Ogam Olck Onao Orkh Osge Osma Ougr Palm Pauc Perm Phag
  Phli Phlp Phnx Plrd Prti Rjng Rohg Runr Samr Sarb Saur Shaw Shrd Sidd Sind Sogd Sogo Sora Soyo Sund Sunu Sylo Syrc
  Tagb Takr Tale Talu Tang Tavt Tfng Tglg Tirh Tnsa Todr Toto Tutg Ugar Vaii Vith Wara Wcho Xpeo Xsux Yezi Yiii Zanb`

const compositions: readonly string[] = [...COMPANIES, ...SCRIPTS.trim().split(/\s+/)]
/** Filled as needed, since compiling all of them takes some 20 ms. */
const patterns = new Map<string, RegExp>()

/**
 * Tells whether the text's letters come from alphabets that nobody writes together, so that one may pass for another:
 * Latin `admin` with a Cyrillic `а`.
 * @see UTS 39 section 5.2, level "Highly Restrictive"
 */
export function hasMixedScripts(text: string): boolean {
  const letters = text.replace(SHARED, '')
  return !compositions.some((scripts) => patternOf(scripts).test(letters))
}

function patternOf(scripts: string): RegExp {
  const known = patterns.get(scripts)
  if (known) return known
  const members = scripts.split(' ').map((script) => `\\p{Script_Extensions=${script}}`)
  const pattern = new RegExp(`^[${members.join('')}]*$`, 'u')
  patterns.set(scripts, pattern)
  return pattern
}
