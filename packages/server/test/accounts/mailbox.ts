import type { TestServer } from '../harness.ts'

/** A letter as its reader finds it. */
export interface ReadLetter {
  template: string
  text: string
  /** where its link leads, from the root; empty where it has none */
  path: string
  /** the secret of the link */
  token: string
  code: string
}

/** The letters to an address, newest first, as they stand in the outbox. */
export async function lettersTo({ deployment }: TestServer, address: string): Promise<ReadLetter[]> {
  const mails = await deployment.store.listMails({ after: undefined, limit: 200 })
  return mails
    .filter(({ recipient }) => recipient === address)
    .map((mail) => {
      const opened = deployment.letters.open(mail)
      const text = 'letter' in opened ? opened.letter.text : ''
      const path = /https?:\/\/[^/\s]+(\/account\/\S+)/.exec(text)?.[1] ?? ''
      const token = path.split('token=')[1] ?? ''
      return { template: mail.template, text, path, token, code: /code: (\d{8})/.exec(text)?.[1] ?? '' }
    })
}

/** The newest letter of a kind. @throws Error where there is none */
export async function letterTo(server: TestServer, address: string, template: string): Promise<ReadLetter> {
  const letter = (await lettersTo(server, address)).find((one) => one.template === template)
  if (!letter) throw new Error(`there is no ${template} for ${address}`)
  return letter
}
