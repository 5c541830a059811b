#!/usr/bin/env python3
"""Trains Stiefel's dense transformers in PyTorch with AdamW on the same texts, and lets them write.

Batches have as many tokens as Stiefel's and the same lengths meet in them, padded to the longest. Prints one JSON
object per line: one an epoch, and one for what was measured at the end.

    language.py translation --data FOLDER --tokenizers numbers.source.tokenizer.json numbers.target.tokenizer.json
    language.py characters --text shakespeare.txt --minutes 10

FOLDER holds train.tsv.gz, val.tsv.gz and test.tsv.gz, whose first line names the columns. The tokenizers are those
that `stiefel export` writes beside a model. Times are of training alone, without evaluation.
"""

import argparse
import gzip
import json
import math
import pathlib
import random
import time

import torch
from torch import nn
from torch.nn import functional

IGNORED = -100  # a target that does not count


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--learning-rate", type=float, default=3e-3)
    parser.add_argument("--weight-decay", type=float, default=0.1)
    parser.add_argument("--warm-up", type=int, default=100, help="steps")
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--layers", type=int, default=4)
    kinds = parser.add_subparsers(dest="task", required=True)
    translation = kinds.add_parser("translation")
    translation.add_argument("--data", type=pathlib.Path, required=True)
    translation.add_argument("--tokenizers", type=pathlib.Path, nargs=2, required=True)
    translation.add_argument("--source", default="pt")
    translation.add_argument("--target", default="en")
    translation.add_argument("--epochs", type=int, default=10)
    translation.add_argument("--steps", type=int, help="stops after so many, to time a part of an epoch")
    translation.add_argument("--batch-tokens", type=int, default=4096)
    translation.add_argument("--dropout", type=float, default=0.1)
    translation.add_argument("--weights", type=pathlib.Path, help="where the best ones are kept; if there: no training")
    translation.add_argument("--translations", type=pathlib.Path, help="a file for those of the test sentences")
    characters = kinds.add_parser("characters")
    characters.add_argument("--text", type=pathlib.Path, required=True)
    characters.add_argument("--minutes", type=float, help="of training; the schedule ends with them")
    characters.add_argument("--steps", type=int, default=1500)
    characters.add_argument("--batch", type=int, default=32)
    characters.add_argument("--context", type=int, default=64)
    characters.add_argument("--dropout", type=float, default=0.0)
    characters.add_argument("--write", type=int, default=1000, help="characters that are generated at the end")
    return parser.parse_args()


class Attention(nn.Module):
    """Multi-head attention; keys and values may come from earlier calls."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(width, width) for _ in range(4))

    def divided(self, x):
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def keys(self, memory):
        return self.divided(self.key(memory)), self.divided(self.value(memory))

    def forward(self, x, keys, mask=None, causal=False):
        mixed = functional.scaled_dot_product_attention(
            self.divided(self.query(x)), *keys, attn_mask=mask, is_causal=causal)
        return self.output(mixed.transpose(1, 2).flatten(-2))


class Block(nn.Module):
    """A block of an encoder or a decoder, normalized before each part."""

    def __init__(self, width, heads, crosses, activation, dropout):
        super().__init__()
        self.own = Attention(width, heads)
        self.cross = Attention(width, heads) if crosses else None
        self.feed = nn.Sequential(nn.Linear(width, 4 * width), activation(), nn.Linear(4 * width, width))
        self.norms = nn.ModuleList(nn.LayerNorm(width, eps=1e-6) for _ in range(3 if crosses else 2))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask=None, causal=False, memory=None, memory_mask=None, cache=None):
        """`cache` holds keys and values: the memory's, and those of earlier rows, to which this call's are added."""
        normal = self.norms[0](x)
        keys = self.own.keys(normal)
        if cache is not None:
            if "own" in cache:
                keys = tuple(torch.cat(pair, 2) for pair in zip(cache["own"], keys))
            cache["own"] = keys
        x = x + self.dropout(self.own(normal, keys, mask, causal))
        if self.cross is not None:
            if cache is None:
                keys = self.cross.keys(memory)
            else:
                if "cross" not in cache:
                    cache["cross"] = self.cross.keys(memory)
                keys = cache["cross"]
            x = x + self.dropout(self.cross(self.norms[1](x), keys, memory_mask))
        return x + self.dropout(self.feed(self.norms[-1](x)))


def start(module):
    for part in module.modules():
        if isinstance(part, nn.Linear):
            nn.init.kaiming_normal_(part.weight)
            nn.init.zeros_(part.bias)
        elif isinstance(part, nn.Embedding):
            nn.init.normal_(part.weight, std=part.embedding_dim ** -0.5)


class Translator(nn.Module):
    """An encoder-decoder with sinusoidal positions."""

    def __init__(self, vocabularies, width, layers, dropout, heads=8, rows=1024):
        super().__init__()
        self.embeddings = nn.ModuleList(nn.Embedding(size, width) for size in vocabularies)
        self.encoder = nn.ModuleList(Block(width, heads, False, nn.ReLU, dropout) for _ in range(layers))
        self.decoder = nn.ModuleList(Block(width, heads, True, nn.ReLU, dropout) for _ in range(layers))
        self.norms = nn.ModuleList(nn.LayerNorm(width, eps=1e-6) for _ in range(2))
        self.output = nn.Linear(width, vocabularies[1])
        self.dropout = nn.Dropout(dropout)
        angles = torch.arange(rows)[:, None] / 10_000 ** (torch.arange(0, width, 2) / width)
        self.register_buffer("positions", torch.stack([angles.sin(), angles.cos()], -1).flatten(-2))
        start(self)

    def embedded(self, side, tokens, at=0):
        x = self.embeddings[side](tokens)
        return self.dropout(x * x.shape[-1] ** 0.5 + self.positions[at:at + x.shape[1]])

    def encoded(self, source, mask):
        x = self.embedded(0, source)
        for block in self.encoder:
            x = block(x, mask=mask)
        return self.norms[0](x)

    def forward(self, source, mask, target):
        memory, x = self.encoded(source, mask), self.embedded(1, target)
        for block in self.decoder:
            x = block(x, causal=True, memory=memory, memory_mask=mask)
        return self.norms[1](x)

    @torch.inference_mode()
    def greedy(self, source, mask, begin, end):
        memory = self.encoded(source, mask)
        caches = [{} for _ in self.decoder]
        tokens = torch.full((len(source), 1), begin)
        ended = torch.zeros(len(source), dtype=torch.bool)
        for at in range(source.shape[1] + 50):
            x = self.embedded(1, tokens[:, -1:], at)
            for block, cache in zip(self.decoder, caches):
                x = block(x, memory=memory, memory_mask=mask, cache=cache)
            chosen = self.output(self.norms[1](x))[:, -1].argmax(-1)
            tokens = torch.cat([tokens, chosen[:, None]], 1)
            ended |= chosen == end
            if ended.all():
                break
        return tokens[:, 1:].tolist()


class LanguageModel(nn.Module):
    """A decoder alone, with trained positions; its output layer is the embedding."""

    def __init__(self, vocabulary, width, layers, context, dropout, heads=4):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads, False, nn.GELU, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.bias = nn.Parameter(torch.zeros(vocabulary))
        self.dropout = nn.Dropout(dropout)
        start(self)
        nn.init.normal_(self.positions.weight, std=0.02)

    def forward(self, tokens, caches=None, at=0):
        x = self.dropout(self.embedding(tokens) + self.positions(torch.arange(at, at + tokens.shape[1])))
        for i, block in enumerate(self.blocks):
            x = block(x, causal=tokens.shape[1] > 1, cache=caches and caches[i])
        return functional.linear(self.norm(x), self.embedding.weight, self.bias)


class Stepper:
    """Training steps with AdamW, the gradient's norm held to 1, and a cosine after the warm-up."""

    def __init__(self, model, options, progress):
        matrices = [p for p in model.parameters() if p.dim() == 2]
        vectors = [p for p in model.parameters() if p.dim() < 2]
        self.model, self.options, self.progress = model, options, progress
        self.optimizer = torch.optim.AdamW(
            [{"params": matrices, "weight_decay": options.weight_decay}, {"params": vectors, "weight_decay": 0.0}],
            lr=options.learning_rate, fused=True)
        self.steps, self.seconds = 0, 0.0

    def __call__(self, loss):
        """One step; `loss` is called with no arguments."""
        begun = time.perf_counter()
        self.model.train()
        rate = self.options.learning_rate * min(1, (self.steps + 1) / self.options.warm_up)
        rate *= (1 + math.cos(math.pi * min(1, self.progress(self)))) / 2
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        value = loss()
        value.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.steps += 1
        self.seconds += time.perf_counter() - begun
        return value.item()


def say(**facts):
    print(json.dumps({key: round(value, 5) if isinstance(value, float) else value for key, value in facts.items()}),
          flush=True)


def pairs(options, tokenizers, split):
    with gzip.open(options.data / f"{split}.tsv.gz", "rt", encoding="utf-8", newline="\n") as file:
        names, *rows = [line.split("\t") for line in file.read().rstrip("\n").split("\n")]
    texts = [[row[names.index(name)] for row in rows] for name in (options.source, options.target)]
    sources, targets = [[e.ids for e in t.encode_batch(side)] for t, side in zip(tokenizers, texts)]
    begin, end = (tokenizers[1].token_to_id(word) for word in ("[START]", "[END]"))
    stop = tokenizers[0].token_to_id("[END]")
    return [(s + [stop], [begin] + t + [end]) for s, t in zip(sources, targets)]


def padded(rows, filler):
    longest = max(map(len, rows))
    return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])


def prepared(batch):
    """Sources, which of their tokens are real, targets so far, and the tokens that follow."""
    source = padded([s for s, _ in batch], 0)
    real = padded([[1] * len(s) for s, _ in batch], 0).bool()[:, None, None, :]
    return source, real, padded([t[:-1] for _, t in batch], 0), padded([t[1:] for _, t in batch], IGNORED)


def tokens_of(pair):
    """Those that are read and those that are written; the first of a target is neither."""
    return len(pair[0]) + len(pair[1]) - 1


def by_tokens(samples, tokens, rng):
    """Batches of similar length in a random order."""
    order = sorted(rng.sample(samples, len(samples)), key=tokens_of)
    batches, total = [[]], 0
    for pair in order:
        size = tokens_of(pair)
        if batches[-1] and total + size > tokens:
            batches.append([])
            total = 0
        batches[-1].append(pair)
        total += size
    rng.shuffle(batches)
    return batches


def translation(options):
    from tokenizers import Tokenizer
    tokenizers = [Tokenizer.from_file(str(path)) for path in options.tokenizers]
    train, validation, test = (pairs(options, tokenizers, split) for split in ("train", "val", "test"))
    train = [pair for pair in train if max(len(pair[0]), len(pair[1]) - 1) <= 128]
    rng = random.Random(options.seed)
    model = Translator([t.get_vocab_size() for t in tokenizers], options.width, options.layers, options.dropout)
    count = len(by_tokens(train, options.batch_tokens, rng))
    step = Stepper(model, options, lambda s: s.steps / (options.epochs * count))

    def loss(source, mask, target, following):
        rows = following != IGNORED
        return functional.cross_entropy(model.output(model(source, mask, target)[rows]), following[rows])

    @torch.inference_mode()
    def evaluated(samples):
        model.eval()
        total, right, tokens = 0.0, 0, 0
        for batch in by_tokens(samples, options.batch_tokens, random.Random(0)):
            source, mask, target, following = prepared(batch)
            rows = following != IGNORED
            logits = model.output(model(source, mask, target)[rows])
            total += functional.cross_entropy(logits, following[rows], reduction="sum").item()
            right += (logits.argmax(-1) == following[rows]).sum().item()
            tokens += int(rows.sum())
        return total / tokens, right / tokens

    best, kept, epochs = math.inf, None, options.epochs
    if options.weights and options.weights.exists():
        kept, epochs = torch.load(options.weights), 0
    for epoch in range(1, epochs + 1):
        before, losses = step.seconds, []
        for batch in by_tokens(train, options.batch_tokens, rng):
            ready = prepared(batch)
            losses.append(step(lambda: loss(*ready)))
            if step.steps == options.steps:
                say(steps=step.steps, seconds=step.seconds, of=count)
                return
        value, accuracy = evaluated(validation)
        say(epoch=epoch, seconds=step.seconds - before, train_loss=sum(losses) / len(losses), validation_loss=value,
            validation_accuracy=accuracy)
        if value < best:
            best, kept = value, {name: tensor.clone() for name, tensor in model.state_dict().items()}
            if options.weights:
                torch.save(kept, options.weights)
    model.load_state_dict(kept)
    value, accuracy = evaluated(test)
    begun = time.perf_counter()
    written = [None] * len(test)
    order = sorted(range(len(test)), key=lambda i: len(test[i][0]))
    begin, end = (tokenizers[1].token_to_id(word) for word in ("[START]", "[END]"))
    for at in range(0, len(order), 64):
        source, mask, _, _ = prepared([test[i] for i in order[at:at + 64]])
        for i, tokens in zip(order[at:at + 64], model.greedy(source, mask, begin, end)):
            written[i] = tokenizers[1].decode(tokens[:tokens.index(end)] if end in tokens else tokens)
    say(test_loss=value, test_accuracy=accuracy, greedy_seconds=time.perf_counter() - begun, sentences=len(test))
    if options.translations:
        options.translations.write_text("".join(line.replace("\n", " ") + "\n" for line in written), encoding="utf-8")


def characters(options):
    text = options.text.read_text(encoding="utf-8")
    alphabet = sorted(set(text))
    numbers = {character: i for i, character in enumerate(alphabet)}
    tokens = torch.tensor([numbers[character] for character in text])
    border = len(tokens) * 9 // 10
    train, test = tokens[:border], tokens[border:]
    model = LanguageModel(len(alphabet), options.width, options.layers, options.context, options.dropout)
    if options.minutes:
        step = Stepper(model, options, lambda s: s.seconds / 60 / options.minutes)
    else:
        step = Stepper(model, options, lambda s: s.steps / options.steps)
    reach = torch.arange(options.context + 1)
    while step.progress(step) < 1:
        windows = train[torch.randint(len(train) - options.context, (options.batch, 1)) + reach]
        step(lambda: functional.cross_entropy(model(windows[:, :-1]).flatten(0, 1), windows[:, 1:].flatten()))
    model.eval()
    with torch.inference_mode():
        count = (len(test) - 1) // options.context
        rows = test[torch.arange(count)[:, None] * options.context + reach]
        sums = [functional.cross_entropy(model(part[:, :-1]).flatten(0, 1), part[:, 1:].flatten(), reduction="sum").item()
                for part in rows.split(256)]
        seconds = {}
        for kept in (True, False):
            begun = time.perf_counter()
            write(model, options.write, options.context, kept)
            seconds["with" if kept else "without"] = time.perf_counter() - begun
    say(steps=step.steps, seconds=step.seconds, loss=sum(sums) / (count * options.context),
        tokens_a_second_with_kept_keys=options.write / seconds["with"],
        tokens_a_second_without=options.write / seconds["without"])


def write(model, count, context, keep):
    """Draws tokens; when the context is full, the last half of it is read again, or every time all of it."""
    seen, caches = [0], None
    for _ in range(count):
        if not keep:
            logits = model(torch.tensor([seen[-context:]]))
        elif caches is None or len(seen) >= context:
            seen, caches = seen[-(context // 2):], [{} for _ in model.blocks]
            logits = model(torch.tensor([seen]), caches)
        else:
            logits = model(torch.tensor([seen[-1:]]), caches, len(seen) - 1)
        seen.append(int(torch.multinomial(logits[0, -1].softmax(-1), 1)))


def main():
    options = parse()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    {"translation": translation, "characters": characters}[options.task](options)


if __name__ == "__main__":
    main()
