import { examples } from './examples.ts'
import { script } from './script.ts'
import { style } from './style.ts'

const asText = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)

/** The page at `/`: whole in itself. Without a key it tells only whether the parts are up. */
export function homePage(nonce: string, today: string): string {
  const cards = examples(today)
    .map(
      ({ title, query, expect }) => `<article>
  <h3>${asText(title)}</h3>
  <pre tabindex="0"><code>${asText(query.trimEnd())}</code></pre>
  <p>${asText(expect)}</p>
  <p><a class="button" href="/graphql?query=${encodeURIComponent(query)}">Open in GraphiQL</a></p>
</article>`,
    )
    .join('\n')
  return `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cairn</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(stones('#1d5c4d'))}">
<style nonce="${nonce}">${style}</style>
</head>
<body>
<header>
  ${stones('currentColor')}
  <div>
    <h1>Cairn</h1>
    <p>Children’s wellbeing in figures that a local authority can trust: events → facts → cells → answers.</p>
  </div>
</header>
<main>
  <section aria-labelledby="runs">
    <h2 id="runs">What runs</h2>
    <ul id="parts" class="parts"><li>Looking …</li></ul>
  </section>
  <section aria-labelledby="fresh">
    <h2 id="fresh">How fresh it is</h2>
    <form id="ask">
      <label for="key">Your API key</label>
      <div class="row">
        <input id="key" type="password" autocomplete="off" spellcheck="false" placeholder="cairn_…">
        <button>Show</button>
      </div>
      <p class="hint">It is sent to this service alone and kept nowhere: close the page and it is gone.</p>
    </form>
    <div id="answer" role="status"></div>
  </section>
  <section aria-labelledby="queries">
    <h2 id="queries">Queries to try</h2>
    <p>Each opens in GraphiQL with the query filled in; put your key into its Headers tab.</p>
    <div class="cards">
${cards}
    </div>
  </section>
</main>
<footer>
  <a href="/graphql">GraphiQL</a> <a href="/health">Health</a> <a href="/ready">Ready</a> <a href="/metrics">Metrics</a>
</footer>
<script nonce="${nonce}">${script}</script>
</body>
</html>`
}

const stones = (colour: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" aria-hidden="true" fill="${colour}"><ellipse cx="24" cy="41" rx="20" ry="6"/><ellipse cx="23" cy="29.5" rx="14" ry="5"/><ellipse cx="25" cy="20" rx="9.5" ry="4"/><ellipse cx="24" cy="12" rx="6" ry="3.3"/></svg>`
