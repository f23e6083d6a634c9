/** The vocabulary in which routes declare what they answer: TypeBox, by the one door through which it comes in. */
export { Type } from 'typebox'
