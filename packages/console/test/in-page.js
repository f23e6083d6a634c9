/**
 * What a test asks inside of a page: how things stand and where the focus is. Loaded as a script, so that it is plain
 * JavaScript; each answer is a list of what is wrong, in words, or the name of an element.
 */
globalThis.inPage = (() => {
  const shown = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && element.getBoundingClientRect().width > 0

  /** What somebody would call it. */
  function nameOf(element) {
    if (!element || element === document.body) return 'nothing'
    const label = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent
    const words = label ?? element.textContent.replace(/\s+/g, ' ').trim()
    return `${element.localName} ${words.slice(0, 50)}`.trim()
  }

  const scrolls = (element) =>
    element !== null &&
    (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement))

  /** Texts that stand out of the page at its right, and whether it scrolls sideways for them. */
  function lost() {
    const { clientWidth, scrollWidth } = document.documentElement
    const faults = scrollWidth > clientWidth ? ['the page scrolls sideways'] : []
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const parent = texts.currentNode.parentElement
      const range = document.createRange()
      range.selectNodeContents(texts.currentNode)
      const { right, width } = range.getBoundingClientRect()
      // What is for the ear alone takes no room; what is shortened ends in three points and is told in full elsewhere.
      if (width === 0 || right <= clientWidth + 1 || parent.closest('.sr-only, .truncate')) continue
      if (!scrolls(parent)) faults.push(`cut off: ${texts.currentNode.textContent}`)
    }
    return faults
  }

  /** Lists that scroll sideways: they may where they must, but on a narrow screen they fold. */
  function unfolded() {
    const lists = [...document.querySelectorAll(':has(> .rows)')].filter(shown)
    return lists
      .filter((list) => list.scrollWidth > list.clientWidth)
      .map((list) => `scrolls sideways: ${list.querySelector('caption').textContent}`)
  }

  /** Things whose text is larger than they are. */
  function cramped() {
    const things = document.querySelectorAll(
      'button, nav a, label, h1, h2, h3, th, dt, dd, legend, summary, [role=tab], p',
    )
    return [...things]
      .filter(
        (one) => shown(one) && !one.closest('.sr-only') && !one.querySelector('.truncate, .sr-only, input'),
      )
      .filter((one) => getComputedStyle(one).display !== 'inline' && !/truncate|sr-only/.test(one.className))
      .filter((one) => one.scrollWidth > one.clientWidth + 2 || one.scrollHeight > one.clientHeight + 2)
      .map((one) => `does not fit: ${nameOf(one)}`)
  }

  const places = new Map()

  /** Where the focus is; it is told once when something lies over all of it, such as a bar that stays in its place. */
  function focus() {
    const element = document.activeElement
    if (!places.has(element)) places.set(element, `${nameOf(element)} #${places.size}`)
    return { name: nameOf(element), place: places.get(element), covered: isCovered(element) }
  }

  function isCovered(element) {
    if (!element || element === document.body || element.closest('.sr-only')) return false
    const { left, right, top, bottom } = element.getBoundingClientRect()
    const points = [0.1, 0.5, 0.9].map((part) => [left + (right - left) * part, top + (bottom - top) * part])
    return !points.some(([x, y]) => {
      const above = document.elementFromPoint(x, y)
      return (
        above !== null &&
        (element.contains(above) || above.contains(element) || above.closest('label')?.control === element)
      )
    })
  }

  /** Everything that Tab has to come to, beginning where one begins. */
  function stops() {
    const wanted = 'a[href], button, input, select, textarea, summary, [tabindex="0"]'
    return [...document.querySelectorAll(wanted)]
      .filter((one) => shown(one) && one.tabIndex >= 0 && !one.disabled)
      .filter((one) => one.type !== 'radio' || one.checked)
      .map((one) => {
        if (!places.has(one)) places.set(one, `${nameOf(one)} #${places.size}`)
        return places.get(one)
      })
  }

  const moving = () => document.getAnimations().length

  return { lost, unfolded, cramped, focus, stops, moving }
})()
