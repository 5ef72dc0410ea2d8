// What the page of components looks like in numbers: for each component its box, and for each element in it
// what the stylesheet says of it, as computed but not laid out (CSS Typed OM), so that no font matters.
async () => {
  // Pictures far down are loaded only when somebody comes near them.
  const images = [...document.images];
  for (const each of images) each.loading = 'eager';
  await Promise.all([document.fonts.ready, ...images.map((each) => each.decode())]);

  const SIDES = ['block-start', 'inline-end', 'block-end', 'inline-start'];
  const NAMES = [
    'align-items', 'aspect-ratio', 'background-color', 'border-start-start-radius', 'column-gap', 'row-gap', 'color',
    'display', 'fill', 'flex-wrap', 'font-family', 'font-size', 'font-weight', 'grid-template-columns', 'block-size',
    'justify-content', 'line-height', 'max-inline-size', 'min-block-size', 'opacity', 'position', 'stroke',
    'stroke-width', 'text-decoration-line', 'inline-size',
    ...SIDES.flatMap((side) => [`margin-${side}`, `padding-${side}`, `border-${side}-width`,
      `border-${side}-color`, `border-${side}-style`]),
  ];
  const INHERITED = new Set(['color', 'fill', 'font-family', 'font-size', 'font-weight', 'line-height', 'stroke',
    'stroke-width']);
  const BEHIND = ['background-color', 'border-top-color', 'border-top-width', 'height'];
  const TOKENS = ['paper', 'sand', 'mat', 'rule', 'edge', 'ink', 'soft', 'glaze', 'glaze-deep', 'on', 'wash', 'mark',
    'hold', 'hold-wash', 'stop', 'stop-wash'];

  // Colours by the names of their tokens: styles are the same then in light and in dark.
  const probe = document.body.appendChild(document.createElement('i'));
  const colours = Object.fromEntries(TOKENS.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  }));
  probe.remove();
  const named = (text) => text.replace(/rgb\([^)]*\)/g,
    (value) => TOKENS.find((name) => colours[name] === value) || value);
  const read = (element) => {
    const map = element.computedStyleMap();
    return Object.fromEntries(NAMES.map((name) => [name, named(String(map.get(name)))]));
  };
  const bare = document.body.appendChild(document.createElement('div'));
  bare.style.all = 'initial';
  const plain = read(bare);
  bare.remove();

  const drawn = (name, style) => {
    const side = /^border-(.+)-(color|width)$/.exec(name);
    return !side || style[`border-${side[1]}-style`] !== 'none';
  };
  const told = (style, above) => NAMES.filter((name) => drawn(name, style)
    && style[name] !== (INHERITED.has(name) ? above : plain)[name]).map((name) => `${name}: ${style[name]}`);
  const behind = (element) => ['::before', '::after'].flatMap((which) => {
    const style = getComputedStyle(element, which);
    if (['none', 'normal'].includes(style.content)) return [];
    return [named(`${which} ${BEHIND.map((name) => style.getPropertyValue(name)).join(' ')}`)];
  });

  const styles = { Tokens: { root: Object.entries(colours).map((each) => each.join(': ')) } };
  for (const section of document.querySelectorAll('[data-component]')) {
    const entries = {};
    const walk = (element, path, above) => {
      if (element.localName === 'template') return;
      const style = read(element);
      const here = [...path, [element.localName, ...element.classList].join('.')].slice(-3);
      const text = [...told(style, above), ...behind(element)].join('; ');
      const known = (entries[here.join(' > ')] ||= []);
      if (!known.includes(text)) known.push(text);
      for (const child of element.children) walk(child, here, style);
    };
    for (const child of section.children) walk(child, [], read(section));
    styles[section.dataset.component] = entries;
  }
  // A component begins at a multiple of STEP, so that what is above it does not change its picture.
  const STEP = 4;
  const place = (section) => {
    const { x, y, width, height } = section.getBoundingClientRect();
    return [x + scrollX, y + scrollY, width, height];
  };
  const boxes = [...document.querySelectorAll('[data-component]')].map((section) => {
    section.style.marginBlockStart = '';
    const over = place(section)[1] % STEP;
    section.style.marginBlockStart = `${parseFloat(getComputedStyle(section).marginBlockStart) + STEP - over}px`;
    return [section.dataset.component, ...place(section).map(Math.round)];
  });
  return { styles, boxes };
}
