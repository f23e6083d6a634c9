import { useMutation, useQueryClient } from '@tanstack/preact-query'
import { sayProblem } from '../ui/states.tsx'
import { tell } from '../ui/toasts.tsx'
import { proving } from './proof.tsx'

interface Act<Input, Output> {
  run: (input: Input) => Promise<Output>
  /** paths of what is different afterwards */
  changes: readonly string[]
  /** what is told, if anything */
  done?: (output: Output, input: Input) => string | undefined
  undo?: (output: Output, input: Input) => (() => void) | undefined
  onDone?: (output: Output, input: Input) => void
}

/** Something that changes the server: what it changes is read anew, and what came of it is told. */
export function useAct<Input = void, Output = unknown>({
  run,
  changes,
  done,
  undo,
  onDone,
}: Act<Input, Output>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: Input) => proving(() => run(input)),
    onSuccess: (output: Output, input: Input) => {
      const message = done?.(output, input)
      const back = undo?.(output, input)
      if (message) tell(message, back ? { undo: back } : {})
      onDone?.(output, input)
    },
    onError: (error) => tell(sayProblem(error), { tone: 'bad' }),
    onSettled: () => Promise.all(changes.map((path) => client.invalidateQueries({ queryKey: [path] }))),
  })
}
