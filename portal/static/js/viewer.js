// Turns a model: draws the light mesh that the portal has made of it, with WebGL 2 and nothing else.
// It reads what `ingest/formats/meshes.py` writes: GLB, triangles, one colour a part, no pictures.
const TURN = 0.01;
const STEP = 0.15;
// Pixels a press may move, the part of the picture round its middle, and how near a press brings it.
const STILL = 5;
const MIDDLE = 0.2;
const NEAREST = 3;
const FLOAT = 5126;
const ARRAYS = { 5121: Uint8Array, 5123: Uint16Array, 5125: Uint32Array, 5126: Float32Array };
const NONE = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const VERTEX = `#version 300 es
in vec3 at; uniform mat4 place, view; out vec3 seen;
void main() { vec4 here = view * place * vec4(at, 1.0); seen = here.xyz; gl_Position = vec4(here.xy, here.z * 0.2, 1.0); }`;
// Flat shading from the slope of the picture itself, so that no normals need to be sent.
const FRAGMENT = `#version 300 es
precision highp float; in vec3 seen; uniform vec3 colour; uniform vec2 size; out vec4 paint;
void main() { vec3 n = normalize(cross(dFdx(seen * vec3(size, 1.0)), dFdy(seen * vec3(size, 1.0))));
float light = 0.45 + 0.55 * abs(dot(n, normalize(vec3(-0.4, 0.7, -0.8)))); paint = vec4(colour * light, 1.0); }`;

function product(a, b) {
  return a.map((_, place) => [0, 1, 2, 3].reduce((sum, each) => sum + a[4 * each + (place % 4)] * b[4 * Math.floor(place / 4) + each], 0));
}
// The parts of a GLB (Khronos glTF 2.0, 4.4): positions, indices, colour, place. Throws when it is none.
function parts(buffer) {
  const head = new DataView(buffer);
  const length = head.getUint32(12, true);
  const told = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 20, length)));
  const binary = 28 + length;
  const values = (number) => {
    const { bufferView, byteOffset = 0, componentType, count, type } = told.accessors[number];
    const offset = binary + (told.bufferViews[bufferView].byteOffset || 0) + byteOffset;
    return new ARRAYS[componentType](buffer, offset, count * (type === 'VEC3' ? 3 : 1));
  };
  const found = [];
  const walk = (number, above) => {
    const node = told.nodes[number];
    const place = product(above, node.matrix || NONE);
    for (const each of node.mesh === undefined ? [] : told.meshes[node.mesh].primitives) {
      const paint = each.material === undefined ? {} : told.materials[each.material].pbrMetallicRoughness || {};
      found.push({ at: values(each.attributes.POSITION), faces: values(each.indices), place, colour: (paint.baseColorFactor || [0.7, 0.7, 0.75]).slice(0, 3) });
    }
    for (const child of node.children || []) walk(child, place);
  };
  for (const root of told.scenes[told.scene || 0].nodes) walk(root, NONE);
  return found;
}
// The middle and the reach of all corners, as they are placed.
function measure(found) {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (const { at, place } of found) {
    for (let i = 0; i < at.length; i += 3) {
      for (let axis = 0; axis < 3; axis += 1) {
        const value = place[axis] * at[i] + place[4 + axis] * at[i + 1] + place[8 + axis] * at[i + 2] + place[12 + axis];
        low[axis] = Math.min(low[axis], value);
        high[axis] = Math.max(high[axis], value);
      }
    }
  }
  return { middle: low.map((value, axis) => (value + high[axis]) / 2), reach: Math.hypot(...high.map((value, axis) => value - low[axis])) / 2 || 1 };
}
function program(gl) {
  const made = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.bindAttribLocation(made, 0, 'at');
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw new Error('no shader');
  return made;
}
function sent(gl, part) {
  const array = gl.createVertexArray();
  gl.bindVertexArray(array);
  for (const [target, values] of [[gl.ARRAY_BUFFER, part.at], [gl.ELEMENT_ARRAY_BUFFER, part.faces]]) {
    gl.bindBuffer(target, gl.createBuffer());
    gl.bufferData(target, values, gl.STATIC_DRAW);
  }
  gl.enableVertexAttribArray(0);
  gl.vertexAttribPointer(0, 3, FLOAT, false, 0, 0);
  const type = { 1: gl.UNSIGNED_BYTE, 2: gl.UNSIGNED_SHORT, 4: gl.UNSIGNED_INT }[part.faces.BYTES_PER_ELEMENT];
  return { ...part, array, count: part.faces.length, type };
}
function drawn(canvas, found) {
  const gl = canvas.getContext('webgl2', { antialias: true, alpha: true });
  if (!gl) throw new Error('no WebGL 2');
  const made = program(gl);
  const { middle, reach } = measure(found);
  const shapes = found.map((part) => sent(gl, part));
  const uniform = (name) => gl.getUniformLocation(made, name);
  gl.useProgram(made);
  gl.enable(gl.DEPTH_TEST);
  return ({ turn, tilt, near }) => {
    canvas.width = canvas.clientWidth * devicePixelRatio;
    canvas.height = canvas.clientHeight * devicePixelRatio;
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    const [cosine, sine, up, down] = [Math.cos(turn), Math.sin(turn), Math.cos(tilt), Math.sin(tilt)];
    const scale = near / reach;
    const across = scale * Math.min(1, canvas.height / canvas.width);
    const high = scale * Math.min(1, canvas.width / canvas.height);
    const view = product(
      [across * cosine, high * down * sine, -scale * up * sine, 0, 0, high * up, scale * down, 0, across * sine, -high * down * cosine, scale * up * cosine, 0, 0, 0, 0, 1].map((value, place) => ([2, 6, 10].includes(place) ? -value : value)),
      [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, ...middle.map((value) => -value), 1],
    );
    gl.uniformMatrix4fv(uniform('view'), false, view);
    gl.uniform2f(uniform('size'), canvas.width / Math.min(canvas.width, canvas.height), canvas.height / Math.min(canvas.width, canvas.height));
    for (const shape of shapes) {
      gl.uniformMatrix4fv(uniform('place'), false, shape.place);
      gl.uniform3fv(uniform('colour'), shape.colour);
      gl.bindVertexArray(shape.array);
      gl.drawElements(gl.TRIANGLES, shape.count, shape.type, 0);
    }
  };
}
function turning(canvas, draw) {
  const state = { turn: 0.7, tilt: 0.5, near: 0.9 };
  const change = (turn, tilt, times = 1) => {
    state.turn += turn;
    state.tilt = Math.max(-1.57, Math.min(1.57, state.tilt + tilt));
    state.near = Math.max(0.3, Math.min(6, state.near * times));
    draw(state);
  };
  const keys = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP], '+': [0, 0, 1.2], '-': [0, 0, 1 / 1.2] };
  canvas.addEventListener('keydown', (event) => {
    if (!keys[event.key]) return;
    event.preventDefault();
    change(...keys[event.key]);
  });
  let moved = 0;
  canvas.addEventListener('pointerdown', (event) => {
    moved = 0;
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!event.buttons) return;
    moved += Math.abs(event.movementX) + Math.abs(event.movementY);
    change(event.movementX * TURN, event.movementY * TURN);
  });
  // Who cannot drag presses: an edge turns it there, the middle brings it nearer, and once round back.
  canvas.addEventListener('click', (event) => {
    const [across, down] = [event.offsetX / canvas.clientWidth - 0.5, event.offsetY / canvas.clientHeight - 0.5];
    if (moved > STILL) return;
    if (Math.max(Math.abs(across), Math.abs(down)) < MIDDLE) change(0, 0, state.near < NEAREST ? 1.3 : 0.6 / state.near);
    else if (Math.abs(across) > Math.abs(down)) change(2 * STEP * Math.sign(across), 0);
    else change(0, 2 * STEP * Math.sign(down));
  });
  canvas.addEventListener('wheel', (event) => {
    event.preventDefault();
    change(0, 0, event.deltaY < 0 ? 1.1 : 1 / 1.1);
  }, { passive: false });
  new ResizeObserver(() => draw(state)).observe(canvas);
  draw(state);
}
async function open(box, button) {
  const told = box.querySelector('[data-told]');
  const canvas = document.createElement('canvas');
  try {
    // Where nothing can be drawn, nothing is loaded.
    if (!canvas.getContext('webgl2')) throw new Error('no WebGL 2');
    told.textContent = told.dataset.loading;
    const answer = await fetch(box.dataset.mesh, { credentials: 'same-origin' });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = parts(await answer.arrayBuffer());
    canvas.tabIndex = 0;
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', told.dataset.how);
    box.querySelector('.slot').append(canvas);
    turning(canvas, drawn(canvas, found));
    box.querySelector('img').hidden = true;
    button.remove();
    told.textContent = told.dataset.how;
    canvas.focus();
  } catch {
    // The still stays where it is.
    canvas.remove();
    told.textContent = told.dataset.failed;
  }
}

for (const box of document.querySelectorAll('[data-mesh]')) {
  const button = box.querySelector('button');
  button.hidden = false;
  button.addEventListener('click', () => open(box, button));
}
