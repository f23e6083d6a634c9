import { copyButton } from './copy.js'

for (const code of document.querySelectorAll('figure.code')) {
  const text = code.querySelector('pre').textContent
  code.querySelector('figcaption').append(copyButton('the commands', () => text))
}
