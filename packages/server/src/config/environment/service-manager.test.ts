import { expect, test } from 'vitest'
import { findServiceManager } from './service-manager.ts'

const started = { pid: 20, ppid: 10 }
const socket = { NOTIFY_SOCKET: '/run/systemd/notify' }

test.each([
  ['nobody wants to be told', {}, undefined],
  ['an empty address is none', { NOTIFY_SOCKET: '', WATCHDOG_USEC: '30000000' }, undefined],
  ['systemd wants to be told', socket, {}],
  ['and watches', { ...socket, WATCHDOG_USEC: '30000000' }, { watchdogMs: 30_000 }],
  ['and watches this process', { ...socket, WATCHDOG_USEC: '500', WATCHDOG_PID: '20' }, { watchdogMs: 0.5 }],
  ['and watches our launcher', { ...socket, WATCHDOG_USEC: '1000', WATCHDOG_PID: '10' }, { watchdogMs: 1 }],
  ['and watches another process', { ...socket, WATCHDOG_USEC: '1000', WATCHDOG_PID: '11' }, {}],
  ['what is no number is no watchdog', { ...socket, WATCHDOG_USEC: 'soon' }, {}],
  ['nor is nothing', { ...socket, WATCHDOG_USEC: '0' }, {}],
])('%s', (_, env, line) => {
  expect(findServiceManager(env, started)).toEqual(line)
})
