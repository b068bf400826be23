// The other side of playground.py: asks TensorFlow Playground's compiled engine for the same frames.
//
//   node playground.js ENGINE.js     one JSON request a line in, one JSON answer a line out
//
// A frame is what Playground's oneStep does without drawing: an epoch, both losses, and every neuron over the map.

const nn = require(require("path").resolve(process.argv[2]));
let network, ask;

function begin(request) {
  ask = request;
  const ids = ask.sizes.slice(0, 1).flatMap((n) => Array.from({ length: n }, (_, k) => "x" + k));
  const activation = nn.Activations[ask.activation.toUpperCase()];
  network = nn.buildNetwork(ask.sizes, activation, nn.Activations.TANH, null, ids, false);
  network.slice(1).forEach((layer, l) => layer.forEach((node, k) => {
    node.bias = ask.weights[2 * l + 1][k];
    node.inputLinks.forEach((link, j) => { link.weight = ask.weights[2 * l][j][k]; });
  }));
}

function loss(x, y) {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += nn.Errors.SQUARE.error(nn.forwardProp(network, x[i]), y[i]);
  return sum / x.length;
}

function frame(map) {
  const { x, y, testX, testY, batchSize, rate, places } = ask;
  for (let i = 0; i < x.length; i++) {
    nn.forwardProp(network, x[i]);
    nn.backProp(network, y[i], nn.Errors.SQUARE);
    if ((i + 1) % batchSize === 0) nn.updateWeights(network, rate, 0);
  }
  const losses = [loss(x, y), loss(testX, testY)];
  for (let p = 0; p < places.length; p++) {
    nn.forwardProp(network, places[p]);
    nn.forEachNode(network, true, (node) => { map[node.id][p] = node.output; });
  }
  return losses;
}

function frames(count) {
  const map = {};
  nn.forEachNode(network, true, (node) => { map[node.id] = new Array(ask.places.length); });
  const begun = process.cpuUsage();
  let losses;
  for (let k = 0; k < count; k++) losses = frame(map);
  const spent = process.cpuUsage(begun);
  return { seconds: (spent.user + spent.system) / 1e6 / count, losses };
}

require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const request = JSON.parse(line);
  if (request.sizes) begin(request);
  console.log(JSON.stringify(frames(request.frames)));
});
