// What a person would see of the open lesson; each function returns a list of faults, empty when all is well.
window.look = {
  panel: () => window.jupyterapp.shell.currentWidget,
  notebook: () => window.look.panel().content.node,
  seen: node => node.checkVisibility({opacityProperty: true, visibilityProperty: true}),
  name: node => {
    const cell = window.look.panel().content.widgets.find(one => one.node.contains(node));
    return `${cell?.model.id}: ${(node.getAttribute('alt') || node.textContent || node.tagName).trim().slice(0, 70)}`;
  },

  // Pictures have loaded and stand inside the column; tables have a size. What a reader has to open first is left out.
  pictures: () => [...window.look.notebook().querySelectorAll('.jp-OutputArea-output img')].filter(window.look.seen).filter(image => {
    const box = image.getBoundingClientRect(), column = image.closest('.jp-OutputArea-output').getBoundingClientRect();
    return !image.naturalWidth || box.width < 200 || box.height < 80 || box.right > column.right + 1 || box.left < column.left - 1;
  }).map(window.look.name),
  tables: () => [...window.look.notebook().querySelectorAll('.jp-OutputArea-output table')].filter(window.look.seen).filter(table => {
    const box = table.getBoundingClientRect();
    return box.width < 40 || box.height < 20;
  }).map(window.look.name),

  // Code that has to be scrolled sideways to be read.
  sideways: () => [...window.look.notebook().querySelectorAll('.cm-scroller')].filter(window.look.seen)
    .filter(editor => editor.scrollWidth > editor.clientWidth + 1).map(window.look.name),

  // Text that is too pale. The colour on the screen: every layer of background, and the opacity of all that holds the text.
  rgba: text => {
    const canvas = window.look.canvas ??= document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  },
  over: (top, share, below) => below.map((value, i) => share * top[i] + (1 - share) * value),
  ground: node => {
    if (!node) return [255, 255, 255];
    const [r, g, b, a] = window.look.rgba(getComputedStyle(node).backgroundColor);
    return a === 1 ? [r, g, b] : window.look.over([r, g, b], a, window.look.ground(node.parentElement));
  },
  ratio: (one, other) => {
    const light = colour => colour.slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
      .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const [pale, dark] = [light(one), light(other)].sort((x, y) => y - x);
    return (pale + 0.05) / (dark + 0.05);
  },
  contrast: node => {
    const style = getComputedStyle(node), [r, g, b, a] = window.look.rgba(style.color), ground = window.look.ground(node);
    let share = a;
    for (let one = node; one; one = one.parentElement) share *= Number(getComputedStyle(one).opacity);
    return window.look.ratio(window.look.over([r, g, b], share, ground), ground);
  },
  pale: () => {
    const least = {}, walker = document.createTreeWalker(window.look.notebook(), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode.parentElement;
      if (!walker.currentNode.textContent.trim() || !node.closest('.jp-OutputArea-output, .jp-PlaceholderText') || !window.look.seen(node)) continue;
      const ratio = window.look.contrast(node);
      if (ratio < 4.5) least[`${node.tagName.toLowerCase()} ${ratio.toFixed(1)}:1 ${window.look.name(node)}`] = ratio;
    }
    return Object.keys(least);
  },

  closed: () => [...window.look.notebook().querySelectorAll('.jp-OutputPlaceholder')].filter(window.look.seen)
    .map(node => node.querySelector('.jp-PlaceholderText').textContent),
  errors: () => window.look.panel().content.model.sharedModel.cells
    .filter(cell => (cell.outputs || []).some(one => one.output_type === 'error' || one.name === 'stderr')).map(cell => cell.getId?.() ?? cell.id),
  counts: () => window.look.panel().content.model.sharedModel.cells.filter(cell => cell.cell_type === 'code' && cell.source.trim())
    .map(cell => cell.execution_count),

  // The interactive question: its controls in the order of Tab, and what they must not change.
  question: () => window.look.panel().content.widgets.find(cell => cell.model.id === 'question'),
  within: selector => [...(window.look.question()?.node.querySelectorAll(`.jp-OutputArea ${selector}`) ?? [])].filter(window.look.seen),
  fields: () => window.look.within('.jupyter-widgets :is(select, input, button, [role=slider])'),
  focused: () => window.look.fields().indexOf(document.activeElement),
  enter: async (number = 0) => {
    const book = window.look.panel().content;
    book.activeCellIndex = book.widgets.indexOf(window.look.question());
    book.mode = 'command';
    await new Promise(done => setTimeout(done, 100));   // the notebook takes the focus to its cell
    window.look.fields()[number].focus();
  },
  state: () => {
    const book = window.look.panel().content;
    return JSON.stringify([book.mode, book.activeCellIndex, book.widgets.map(cell => cell.model.id),
      book.model.sharedModel.cells.map(cell => [cell.source, cell.execution_count])]);
  },
  waiting: () => window.look.panel().content.widgets.filter(cell => cell.model.executionState === 'running'
    || cell.node.querySelector('.jp-InputPrompt')?.textContent === '[*]:').map(cell => cell.model.id),
  dirty: () => window.look.panel().context.model.dirty,
  pages: () => window.look.within('.widget-html-content').map(node => window.look.words(node.textContent)),
  wordsOf: pages => pages.map(page => {
    const node = document.createElement('template');
    node.innerHTML = page;
    return window.look.words(node.content.textContent);
  }),
  answer: () => window.look.within('.widget-html-content').map(node => node.innerHTML).join(),
  words: text => text.replace(/[\s\u200b]+/g, ' ').trim(),
  said: () => window.look.words([...window.look.question().node.querySelectorAll('[role=status] p')].map(node => node.textContent).join(' ')),
  finding: () => window.look.words((window.look.within('figure img')[0]?.alt ?? '').slice(0, 40)),
  choices: () => window.look.fields().map(field => [...field.options].map(option => window.look.words(option.text))),
  chosen: () => window.look.fields().map(field => window.look.words(field.selectedOptions[0]?.text ?? '')),   // none while others come
  // Of the question: [how many controls, what is told about running it, how many charts].
  shows: () => [window.look.fields().length, window.look.within('.takeaways-asleep').map(node => node.textContent).join(), window.look.within('figure img').length],

  outline: () => {
    const field = document.activeElement, style = getComputedStyle(field);
    return [style.outlineStyle, style.outlineWidth, window.look.ratio(window.look.rgba(style.outlineColor), window.look.ground(field.parentElement))];
  },

  // Lines of a control that are too pale: its border, and the line around the one that has the focus.
  paleLines: () => window.look.fields().flatMap(field => {
    field.focus();
    const style = getComputedStyle(field), ground = window.look.ground(field), beside = window.look.ground(field.parentElement);
    const worst = (line, ...grounds) => Math.min(...grounds.map(one => window.look.ratio(window.look.rgba(line), one)));
    const ring = style.boxShadow.match(/^rgba?\([^)]*\)/)?.[0];
    return [['border', worst(style.borderTopColor, ground, beside)], ['focus', ring ? worst(ring, beside) : 1]]
      .filter(([, ratio]) => ratio < 3).map(([line, ratio]) => `${line} ${ratio.toFixed(1)}:1 ${field.closest('.widget-dropdown').textContent.slice(0, 30)}`);
  }),
};
