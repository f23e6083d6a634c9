import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import type { ReadStream, WriteStream } from 'node:tty'
import { CommandError } from '../failure.ts'

/** Questions to a person; where nobody sits there, each takes the next line of the input. */
export interface Prompts {
  /** @throws CommandError where there is no answer: the input ended, or the person gave up */
  ask(question: string): Promise<string>
  /** the same, and what is typed is not shown */
  askSecret(question: string): Promise<string>
  close(): void
}

/** The input may be a pipe: then nothing is echoed and each question stands on a line of its own. */
export function openPrompts(input: ReadStream, output: WriteStream): Prompts {
  const isPerson = input.isTTY === true
  let visible = true
  const screen = new Writable({
    write(chunk, _encoding, done) {
      if (visible) output.write(chunk)
      done()
    },
  })
  // Without a history, since the line above would be a password.
  const reader = createInterface({ input, output: screen, terminal: isPerson, historySize: 0 })
  reader.on('SIGINT', () => reader.close())
  const answers = reader[Symbol.asyncIterator]()

  async function answer(question: string, shown: boolean): Promise<string> {
    if (isPerson && shown) reader.setPrompt(question)
    else output.write(isPerson ? question : `${question.trimEnd()}\n`)
    visible = shown
    if (isPerson) {
      if (!shown) reader.setPrompt('')
      reader.prompt()
    }
    const { value, done } = await answers.next()
    visible = true
    if (isPerson && (!shown || done)) output.write('\n')
    if (done) throw new CommandError('Cancelled: no answer.')
    return value
  }

  return {
    ask: (question) => answer(question, true),
    askSecret: (question) => answer(question, false),
    close: () => reader.close(),
  }
}
