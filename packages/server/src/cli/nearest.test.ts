import { describe, expect, test } from 'vitest'
import { suggestion } from './nearest.ts'

const commands = ['dev', 'start', 'status', 'doctor', 'users', 'keys', 'createsuperuser']

describe('suggestion', () => {
  test.each([
    ['statsu', 'status'],
    ['strat', 'start'],
    ['user', 'users'],
    ['den', 'dev'],
    ['create', 'createsuperuser'],
    ['create-superuser', 'createsuperuser'],
  ])('%s: did you mean %s?', (typed, meant) => {
    expect(suggestion(typed, commands, 'countersign ')).toBe(` Did you mean countersign ${meant}?`)
  })

  test.each(['frobnicate', 'get', 'run', 'x'])('%s is near to nothing', (typed) => {
    expect(suggestion(typed, commands, 'countersign ')).toBe('')
  })
})
