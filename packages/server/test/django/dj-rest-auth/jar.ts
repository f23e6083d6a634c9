import type { Answer, RequestOptions, TestServer } from '../../harness.ts'

interface Kept {
  value: string
  path: string
  attributes: string
}

/** As much of a browser as keeps cookies: what an answer sets it sends along, to the paths that it is for. */
export function openJar(server: TestServer) {
  const jar = new Map<string, Kept>()

  function keep(answer: Answer): void {
    for (const line of [answer.headers['set-cookie'] ?? []].flat() as string[]) {
      const [pair = '', ...attributes] = line.split('; ')
      const [name = '', value = ''] = pair.split('=')
      const path = attributes.find((one) => one.startsWith('Path='))?.slice(5) ?? ''
      if (attributes.includes('Max-Age=0')) jar.delete(`${path} ${name}`)
      else jar.set(`${path} ${name}`, { value, path, attributes: attributes.join('; ') })
    }
  }

  function header(path: string): string {
    return [...jar]
      .filter(([, kept]) => path.startsWith(kept.path))
      .map(([key, { value }]) => `${key.split(' ')[1]}=${value}`)
      .join('; ')
  }

  return {
    jar,
    /** the names of what is kept */
    names: () => [...jar.keys()].map((key) => key.split(' ')[1]),
    async request(method: string, path: string, { headers, ...rest }: RequestOptions = {}): Promise<Answer> {
      const cookie = header(path)
      const answer = await server.request(method, path, {
        ...rest,
        headers: { ...(cookie !== '' && { cookie }), ...headers },
      })
      keep(answer)
      return answer
    },
  }
}

export type Jar = ReturnType<typeof openJar>
