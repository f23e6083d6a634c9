import { render } from 'preact'
import { App } from './app/app.tsx'
import { startTheme } from './app/theme.ts'
import './styles.css'

startTheme()
const place = document.getElementById('app')
if (place) render(<App />, place)
