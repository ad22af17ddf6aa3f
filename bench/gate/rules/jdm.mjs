// A pack of ours as zen's JDM: its COLLECT tables beside one another, each under its own name, with
// the options' numbers and words written into the cells.

const text = (s) => s.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"')
  .replaceAll('&amp;', '&').trim()
const cells = (part, tag) =>
  [...part.matchAll(new RegExp(`<${tag}[^>]*>\\s*<text>([\\s\\S]*?)</text>`, 'g'))].map((m) => text(m[1]))

function optionsOf(xml) {
  const body = xml.match(/<decision id="options"[\s\S]*?<\/decision>/)[0]
  return Object.fromEntries([...body.matchAll(/id="option_text_(\w+)"[\s\S]*?<text>([\s\S]*?)<\/text>/g)]
    .map((m) => [m[1], text(m[2])]))
}

export function tablesOf(xml) {
  const options = optionsOf(xml)
  const given = (cell) => cell.replace(/options\.(\w+)/g, (_, name) => {
    if (!(name in options)) throw new Error(`no option ${name}`)
    return options[name]
  })
  return [...xml.matchAll(/<decision id="(\w+)"[\s\S]*?<\/decision>/g)]
    .filter((m) => m[0].includes('hitPolicy="COLLECT"'))
    .map((m) => ({
      name: m[1],
      inputs: cells(m[0], 'inputExpression').map(given),
      outputs: [...m[0].matchAll(/<output [^>]*name="([^"]*)"/g)].map((o) => o[1]),
      rules: [...m[0].matchAll(/<rule [\s\S]*?<\/rule>/g)].map((r) => ({
        inputs: cells(r[0], 'inputEntry').map(given), outputs: cells(r[0], 'outputEntry') })),
    }))
}

const contains = (expression) =>
  expression.replace(/list contains\(([?\w]+), ("[^"]*")\)/g, (_, list, word) =>
    `${word} in ${list === '?' ? '$' : list}`)

// A cell as zen writes it; a fact that is not known is no number.
function zenCell(cell) {
  if (cell === '-') return ''
  const not = cell.match(/^not\((.*)\)$/)
  if (not) return /^(true|false)$/.test(not[1]) ? `$ != ${not[1]}` : `$ not in [${not[1]}]`
  if (/^(true|false)$/.test(cell)) return `$ == ${cell}`
  if (cell.includes('list contains')) return contains(cell)
  if (/^[<>]/.test(cell)) return `$ != null and $ ${cell}`
  const range = cell.match(/^\[(.*)\.\.(.*)\)$/)
  if (range) return `$ != null and $ >= ${range[1]} and $ < ${range[2]}`
  return cell
}

export function jdmOf(tables) {
  const ends = (type) => ({ id: type, name: type, type, position: { x: 0, y: 0 } })
  const nodes = [ends('inputNode'), ...tables.map((table) => ({
    id: table.name, name: table.name, type: 'decisionTableNode', position: { x: 0, y: 0 },
    content: {
      hitPolicy: 'collect', passThrough: false, outputPath: table.name,
      inputs: table.inputs.map((field, i) => ({ id: `i${i}`, name: field, field: contains(field) })),
      outputs: table.outputs.map((field, i) => ({ id: `o${i}`, name: field, field })),
      rules: table.rules.map((rule, r) => Object.fromEntries([['_id', `r${r}`],
        ...rule.inputs.map((cell, i) => [`i${i}`, zenCell(cell)]),
        ...rule.outputs.map((cell, i) => [`o${i}`, cell])])),
    },
  })), ends('outputNode')]
  const edges = tables.flatMap(({ name }) => [
    { id: `a_${name}`, type: 'edge', sourceId: 'inputNode', targetId: name },
    { id: `b_${name}`, type: 'edge', sourceId: name, targetId: 'outputNode' }])
  return { nodes, edges }
}
