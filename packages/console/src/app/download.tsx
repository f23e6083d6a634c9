import type { SignedIn } from '../api/answers.ts'
import { type Asked, addressOf, get } from '../api/request.ts'
import { Button, type ButtonLook } from '../ui/button.tsx'
import { sayProblem } from '../ui/states.tsx'
import { tell } from '../ui/toasts.tsx'
import { askForProof } from './proof.tsx'

interface DownloadProps {
  path: string
  query: Asked['query']
  label: string
  look?: ButtonLook
}

/** Lets the browser fetch a file that may be large; whoever has not shown his password lately shows it first. */
export function Download({ path, query, label, look = 'plain' }: DownloadProps) {
  const download = async () => {
    const { proven_until } = await get<SignedIn>('session/')
    if (proven_until === null) await askForProof()
    location.assign(addressOf(path, query))
  }
  return (
    <Button
      look={look}
      onClick={() => void download().catch((thrown) => tell(sayProblem(thrown), { tone: 'bad' }))}
    >
      {label}
    </Button>
  )
}
