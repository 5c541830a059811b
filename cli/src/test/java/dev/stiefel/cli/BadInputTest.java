package dev.stiefel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a user does wrong, or finds broken, ends with one line that says what it was, and
/// leaves nothing behind.
class BadInputTest {
    private static final int FAILURE = 1;
    private static final int MISTAKE = 2;

    /// Runs of one epoch: one that is done, a dense one, one that diverged, and one that was
    /// interrupted.
    @TempDir
    private static Path runs;

    @TempDir
    private Path directory;

    @BeforeAll
    static void trainTheRunsThatAreDamagedHere() {
        CommandRunner door = new CommandRunner(runs);
        String small = "train digits --epochs 1 --depth 1 --width 8 --rank 2 --threads 1 --train-fraction 0.1 --out ";
        assertThat(door.run(small + "done").code()).isZero();
        assertThat(door.run(small.replace("--rank 2", "--method dense") + "dense")
                        .code())
                .isZero();
        String diverging = "--learning-rate 1e30 --clip-norm none --warm-up 0 --out ";
        assertThat(door.run(small.replace("--out ", diverging) + "diverged").code())
                .isEqualTo(FAILURE);
        Interrupts atOnce = action -> {
            action.run();
            return () -> {};
        };
        assertThat(new CommandRunner(runs, Screen.NONE, atOnce)
                        .run(small + "stopped")
                        .code())
                .isEqualTo(130);
    }

    /// What lies in the folder before the command.
    interface Scene {
        void set(Path directory) throws IOException;
    }

    record Case(String arguments, int code, String message, Scene scene) {
        @Override
        public String toString() {
            return arguments.isEmpty() ? "(nothing)" : arguments;
        }
    }

    static Stream<Case> commands() {
        return Stream.of(
                mistake(
                        "",
                        "a command is missing; 'stiefel train digits' trains a network in seconds, 'stiefel --help'"
                                + " lists the commands"),
                mistake("trian digits", "unknown command 'trian'; did you mean 'train'?"),
                mistake("reprot runs", "unknown command 'reprot'; did you mean 'report'?"),
                mistake("evalute runs/a", "unknown command 'evalute'; did you mean 'evaluate'?"),
                mistake("--hlep", "unknown option '--hlep'; did you mean '--help'?"),
                mistake("--json", "unknown option '--json'; 'stiefel --help' explains it"),
                mistake("presets all", "unexpected argument 'all'; 'stiefel presets --help' explains it"),
                mistake("presets --jsn", "'stiefel presets' has no option '--jsn'; did you mean '--json'?"),
                mistake(
                        "data",
                        "a command is missing after 'stiefel data'; there are list, fetch, check, inspect; 'stiefel"
                                + " data --help' explains them"),
                mistake("data lst", "unknown command 'data lst'; did you mean 'list'?"),
                mistake("data fetch", "'stiefel data fetch' needs a NAME; 'stiefel data fetch --help' explains it"),
                mistake("data fetch mnst", "there is no data set 'mnst'; did you mean 'mnist'?"),
                mistake(
                        "data check imagenet",
                        "there is no data set 'imagenet'; there are cifar10, cifar100, digits, fashion-mnist, mnist,"
                                + " tiny-imagenet, numbers, number-lines, shakespeare, ted-pt-en"),
                mistake(
                        "data fetch mnist digits",
                        "unexpected argument 'digits'; 'stiefel data fetch --help' explains it"),
                mistake(
                        "data fetch mnist --data-dir nowhere",
                        "--data-dir must be a folder that exists; got 'nowhere'"),
                mistake(
                        "data fetch mnist --data-dir file",
                        "--data-dir must be a folder that exists; got 'file'",
                        text("file", "")),
                failure(
                        "data fetch mnist",
                        "cannot write cache/data/mnist: Not a directory; free or allow space there, or name another"
                                + " cache folder with STIEFEL_HOME",
                        text("cache", "in the way")),
                failure(
                        "train mnist",
                        "cannot write cache/data/mnist: a file is in the way: cache/data/mnist; free or allow space"
                                + " there, or name another cache folder with STIEFEL_HOME",
                        text("cache/data/mnist", "in the way")));
    }

    static Stream<Case> experiments() {
        return Stream.of(
                mistake(
                        "train",
                        "'stiefel train' needs an EXPERIMENT, such as 'digits', --data PATH, or --resume RUN;"
                                + " 'stiefel presets' lists experiments"),
                mistake("train minst", "there is no preset or file 'minst'; did you mean 'mnist'?"),
                mistake(
                        "train imagenet",
                        "there is no preset or file 'imagenet'; presets are alexnet, cifar10, cifar100, digits,"
                                + " digits-conv, fashion-mnist, lenet5, mnist, number-lines, numbers, resnet20,"
                                + " shakespeare, tiny-imagenet, translation, vgg16"),
                mistake("train nowhere.yaml", "there is no file 'nowhere.yaml'"),
                mistake(
                        "train folder",
                        "'folder' is a folder; an experiment is a preset or a YAML file",
                        folder("folder")),
                mistake(
                        "train done",
                        "'done' is a folder; an experiment is a preset or a YAML file; resume a run with --resume done",
                        copyOf("done")),
                mistake("train digits mnist", "unexpected argument 'mnist'; 'stiefel train --help' explains it"),
                mistake(
                        "train a.yaml",
                        "a.yaml is not valid YAML: while parsing a flow sequence in reader, line 1, column 8: width:"
                            + " [1, 2 ^ expected ',' or ']', but got <stream end> in reader, line 1, column 13: width:"
                            + " [1, 2 ^…",
                        text("a.yaml", "width: [1, 2")),
                mistake(
                        "train a.yaml",
                        "a.yaml must be a mapping from options to values, such as 'width: 100'",
                        text("a.yaml", "- digits\n- mnist\n")),
                mistake(
                        "train a.yaml",
                        "a.yaml must be a mapping from options to values, such as 'width: 100'",
                        text("a.yaml", "")),
                mistake(
                        "train a.yaml",
                        "a.yaml: unknown option 'lerningRate'; did you mean 'learningRate'?",
                        text("a.yaml", "experiment: digits\nlerningRate: 0.1\n")),
                mistake(
                        "train a.yaml",
                        "a.yaml: rank must be a whole number, at least 1, or one per factored layer, separated by"
                                + " dashes; got lots",
                        text("a.yaml", "experiment: digits\nrank: lots\n")),
                mistake(
                        "train a.yaml",
                        "a.yaml is not valid YAML: Duplicate Object property \"rank\"",
                        text("a.yaml", "experiment: digits\nrank: 5\nrank: 6\n")),
                mistake(
                        "train a.yaml",
                        "a.yaml: there is no preset 'digitz'; did you mean 'digits'?",
                        text("a.yaml", "experiment: digitz\n")),
                mistake(
                        "train a.yaml",
                        "a.yaml: data: a data set is needed, such as 'data: mnist'",
                        text("a.yaml", "width: 100\n")),
                mistake(
                        "train a.yaml",
                        "a.yaml: data set 'cifar' is not known; there are cifar10, cifar100, digits, fashion-mnist,"
                                + " mnist, tiny-imagenet",
                        text("a.yaml", "data: cifar\n")),
                mistake(
                        "train a.yaml --rank 0",
                        "--rank must be a whole number, at least 1, or one per factored layer, separated by dashes;"
                                + " got 0",
                        text("a.yaml", "experiment: digits\n")),
                mistake(
                        "train a.yaml",
                        "a.yaml: rank must be a whole number, at least 1, or one per factored layer, separated by"
                                + " dashes; got {\"a\":1}",
                        text("a.yaml", "experiment: digits\nrank: {a: 1}\n")),
                mistake(
                        "train a.yaml",
                        "a.yaml is not valid YAML: java.io.CharConversionException: Invalid UTF-8 start byte 0xff (at"
                                + " char #1, byte #-1)",
                        bytes("a.yaml", new byte[] {(byte) 0xff, 0, 1, 2})));
    }

    static Stream<Case> options() {
        return Stream.of(
                mistake("train digits --rnk 5", "'stiefel train' has no option '--rnk'; did you mean '--rank'?"),
                mistake(
                        "train digits --frobnicate",
                        "'stiefel train' has no option '--frobnicate'; 'stiefel train --help' explains it"),
                mistake("train digits --rank", "option '--rank' needs a value: --rank N|N-N-…"),
                mistake("train digits --rank --epochs 3", "option '--rank' needs a value: --rank N|N-N-…"),
                mistake(
                        "train digits --legacy --method riemannian",
                        "'legacy' is for methods 'bug' and 'dense', which were published; got method 'riemannian'"),
                mistake(
                        "train digits --legacy-without short-tail",
                        "'legacy-without' is for legacy runs; give legacy, too"),
                mistake("train digits --rank 5 --rank 6", "option '--rank' was given twice; give it once"),
                mistake(
                        "train digits --rank 0",
                        "--rank must be a whole number, at least 1, or one per factored layer, separated by dashes;"
                                + " got 0"),
                mistake(
                        "train digits --rank -3",
                        "--rank must be a whole number, at least 1, or one per factored layer, separated by dashes;"
                                + " got -3"),
                mistake("train digits --rank 65", "rank (65) must be in [1, 64] for a [64, 64] weight"),
                mistake(
                        "train digits --rank 9-9",
                        "rank must be one number, or one for each of the 3 factored layers; got 9-9"),
                mistake("train digits --rank 64-65-1", "rank (65) must be in [1, 64] for a [64, 64] weight"),
                mistake(
                        "train digits --rank 2.5",
                        "--rank must be a whole number, at least 1, or one per factored layer, separated by dashes;"
                                + " got 2.5"),
                mistake(
                        "train digits --rank many",
                        "--rank must be a whole number, at least 1, or one per factored layer, separated by dashes;"
                                + " got many"),
                mistake(
                        "train digits --rank 99999999999",
                        "--rank must be a whole number, at least 1, or one per factored layer, separated by dashes;"
                                + " got 99999999999"),
                mistake("train digits --tolerance 1", "--tolerance must be in [0, 1); got 1"),
                mistake("train digits --tolerance -0.1", "--tolerance must be in [0, 1); got -0.1"),
                mistake("train digits --tolerance NaN", "--tolerance must be in [0, 1); got NaN"),
                mistake("train digits --tolerance-start 1.5", "--tolerance-start must be in [0, 1); got 1.5"),
                mistake(
                        "train digits --absolute-tolerance -1",
                        "--absolute-tolerance must be at least 0 and finite; got -1"),
                mistake("train digits --learning-rate 0", "--learning-rate must be above 0 and finite; got 0"),
                mistake("train digits --learning-rate -0.1", "--learning-rate must be above 0 and finite; got -0.1"),
                mistake("train digits --learning-rate NaN", "--learning-rate must be above 0 and finite; got NaN"),
                mistake(
                        "train digits --learning-rate Infinity",
                        "--learning-rate must be above 0 and finite; got Infinity"),
                mistake("train digits --learning-rate fast", "--learning-rate must be above 0 and finite; got fast"),
                mistake(
                        "train digits --method bugg",
                        "--method must be one of riemannian, bug, parallel-bug, s-only, backward-corrected,"
                                + " projector-splitting, factors, dense; got bugg; did you mean 'bug'?"),
                mistake(
                        "train digits --method lora",
                        "--method must be one of riemannian, bug, parallel-bug, s-only, backward-corrected,"
                                + " projector-splitting, factors, dense; got lora"),
                mistake(
                        "train digits --optimizer addam",
                        "--optimizer must be one of sgd, momentum, adam, adamw, muon; got addam; did you mean 'adam'?"),
                mistake(
                        "train digits --schedule cosin",
                        "--schedule must be one of constant, cosine, step, inverse-sqrt; got cosin; did you mean"
                                + " 'cosine'?"),
                mistake(
                        "train digits --initial-spectrum steep",
                        "--initial-spectrum must be one of gaussian, flat, decaying, dense; got steep"),
                mistake("train digits --momentum 1", "--momentum must be in [0, 1); got 1"),
                mistake(
                        "train digits --momentum 0.5 --optimizer adam",
                        "'momentum' is for optimizers 'momentum' and 'muon'; got optimizer 'adam'"),
                mistake(
                        "train digits --weight-decay 0.1 --optimizer adam",
                        "weight-decay: optimizer 'adam' has none; use optimizer 'adamw'"),
                mistake("train digits --weight-decay -1", "--weight-decay must be at least 0 and finite; got -1"),
                mistake("train digits --epochs 0", "--epochs must be a whole number, in [1, 1000000]; got 0"),
                mistake("train digits --batch-size 0", "--batch-size must be a whole number, at least 1; got 0"),
                mistake("train digits --seed one", "--seed must be a whole number; got one"),
                mistake("train digits --threads 0", "--threads must be a whole number, in [1, 1024]; got 0"),
                mistake("train digits --threads 5000", "--threads must be a whole number, in [1, 1024]; got 5000"),
                mistake("train digits --train-fraction 0", "--train-fraction must be in (0, 1]; got 0"),
                mistake("train digits --evaluation-fraction 1.5", "--evaluation-fraction must be in (0, 1]; got 1.5"),
                mistake("train digits --label-noise 1.1", "--label-noise must be in [0, 1]; got 1.1"),
                mistake("train digits --validation -1", "--validation must be a whole number, at least 0; got -1"),
                mistake(
                        "train digits --validation 1500",
                        "validation must be less than the 1500 training samples; got 1500"),
                mistake(
                        "train digits --validation 0 --early-stopping 3",
                        "early-stopping needs validation samples; choose how many with validation"),
                mistake(
                        "train digits --layers 64-10-3",
                        "layers must begin with 64 and end with 10 for data set 'digits'; got 64-10-3"),
                mistake(
                        "train digits --layers 64-x-10",
                        "--layers must be two or more widths, at least 1 each, separated by dashes; got 64-x-10"),
                mistake(
                        "train digits --layers 64-32-10 --width 5",
                        "'width' cannot go with 'layers', which gives all widths"),
                mistake("train digits --width 0", "--width must be a whole number, in [1, 1000000]; got 0"),
                mistake(
                        "train digits --depth 0",
                        "method 'riemannian' needs a layer to factor; got network 64-10; use method 'dense'"),
                mistake(
                        "train digits --rank 5 --tolerance 0.1",
                        "'tolerance' is for ranks that adapt; got 'rank', which fixes them"),
                mistake(
                        "train digits --tolerance 0.1 --absolute-tolerance 1",
                        "'tolerance' cannot go with 'absolute-tolerance'; give one of them"),
                mistake(
                        "train digits --method dense --rank 5",
                        "'rank' is for factored weights; method 'dense' has none"),
                mistake(
                        "train digits --method factors --tolerance 0.1",
                        "'tolerance' is for ranks that adapt; method 'factors' cannot; give a rank"),
                mistake("train digits --min-rank 9 --max-rank 3", "max-rank must be at least min-rank (9); got 3"),
                mistake("train digits --initial-rank 65", "initial-rank (65) must be in [1, 64] for a [64, 64] weight"),
                mistake(
                        "train digits --adapt-every 0",
                        "--adapt-every must be 'epoch' or a whole number, at least 1; got 0"),
                mistake(
                        "train digits --adapt-every sometimes",
                        "--adapt-every must be 'epoch' or a whole number, at least 1; got sometimes"),
                mistake("train digits --clip-norm 0", "--clip-norm must be 'none' or above 0 and finite; got 0"),
                mistake("train digits --warm-up -1", "--warm-up must be a whole number, at least 0; got -1"),
                mistake(
                        "train digits --data mnst",
                        "there is no data set, file or folder 'mnst'; did you mean 'mnist'?"),
                mistake(
                        "bench --ranks 5,x",
                        "--ranks must be whole numbers separated by commas, such as 5,10,20; got '5,x'"),
                mistake("bench --ranks 0", "rank (0) must be in [1, 500] for a [500, 784] weight"),
                mistake("bench --ranks 501", "rank (501) must be in [1, 500] for a [500, 784] weight"),
                mistake("bench --ranks 5,5", "ranks must differ; got [5, 5]"),
                mistake("bench --width 0", "width must be at least 1; got 0"),
                mistake("bench --batch many", "--batch must be a whole number; got 'many'"),
                mistake(
                        "bench --method dense",
                        "method 'dense' is what the others are compared with; choose a low-rank one"),
                mistake("bench --repeats 0", "repeats must be at least 1; got 0"));
    }

    static Stream<Case> folders() {
        return Stream.of(
                mistake(
                        "train digits --out done",
                        "'done' exists; nothing is ever overwritten: name another folder, or resume it",
                        copyOf("done")),
                mistake(
                        "train digits --out file",
                        "'file' exists; nothing is ever overwritten: name another folder, or resume it",
                        text("file", "")),
                mistake("train digits --out file/run", "cannot make 'file/run': 'file' is a file", text("file", "")),
                mistake("train digits", "cannot make 'runs/digits-TIMESTAMP': 'runs' is a file", text("runs", "")),
                failure("train digits --out /proc/nowhere/run", "cannot make /proc/nowhere/run: it does not exist"),
                mistake("train digits --out", "option '--out' needs a value: --out RUN"),
                mistake("train digits --from-previous", "--from-previous is for --resume RUN; give both or neither"),
                mistake(
                        "train digits --resume stopped",
                        "'digits' cannot go with --resume, which resumes a run with its own experiment",
                        copyOf("stopped")),
                mistake(
                        "train --resume stopped --rank 5",
                        "--rank cannot go with --resume, which resumes a run with its own options",
                        copyOf("stopped")),
                mistake(
                        "train --resume stopped --out other",
                        "--out cannot go with --resume, which resumes a run in its own folder",
                        copyOf("stopped")),
                mistake("train --resume nowhere", "there is no run at 'nowhere'"),
                mistake("train --resume file", "'file' is not a run: a run is a folder", text("file", "")),
                mistake("train --resume folder", "'folder' is not a run: it has no run.json", folder("folder")),
                mistake("train --resume done", "resume: run 'done' is done (1 epochs)", copyOf("done")),
                mistake(
                        "train --resume run",
                        "cannot read run/run.json: it is not valid JSON: Unrecognized token 'not': was expecting (JSON"
                                + " String, Number, Array, Object or token 'null', 'true' or 'false')",
                        text("run/run.json", "not JSON")),
                mistake(
                        "train --resume run",
                        "cannot read run/run.json: it holds no JSON object",
                        text("run/run.json", "")),
                mistake(
                        "train --resume run",
                        "cannot read run/run.json: it holds no JSON object",
                        text("run/run.json", "[]")),
                mistake(
                        "train --resume run",
                        "cannot read run/run.json: this is not a run: the key 'data' is missing",
                        text("run/run.json", "{\"name\": \"left-pad\"}")),
                mistake(
                        "train --resume run",
                        "cannot read run/run.json: it is not valid JSON: it ends too early; the file is truncated",
                        text("run/run.json", "{\"status\": \"running\", \"sp")),
                mistake(
                        "train --resume stopped",
                        "cannot read stopped/checkpoint/model.safetensors: header length N exceeds the file (N"
                                + " bytes); the file is truncated; there is no intact checkpoint before it",
                        cut("stopped", "checkpoint/model.safetensors")),
                mistake(
                        "train --resume stopped",
                        "cannot read stopped/checkpoint/state.safetensors: header length 8 exceeds the file (8 bytes);"
                                + " the file is truncated; there is no intact checkpoint before it",
                        cut("stopped", "checkpoint/state.safetensors")),
                mistake(
                        "train --resume stopped",
                        "cannot read stopped/checkpoint/state.json: it is not valid JSON: it ends too early;"
                                + " the file is truncated; there is no intact checkpoint before it",
                        cut("stopped", "checkpoint/state.json")),
                mistake(
                        "train --resume stopped",
                        "cannot read stopped/checkpoint/state.json: it does not exist; there is no intact"
                                + " checkpoint before it",
                        without("stopped", "checkpoint/state.json")),
                mistake(
                        "train --resume stopped --from-previous",
                        "there is no checkpoint stopped/checkpoint-previous",
                        copyOf("stopped")));
    }

    static Stream<Case> models() {
        return Stream.of(
                mistake("evaluate", "'stiefel evaluate' needs a RUN|MODEL; 'stiefel evaluate --help' explains it"),
                mistake("evaluate nowhere", "there is no run or model at 'nowhere'"),
                mistake("evaluate folder", "'folder' is not a run: it has no run.json", folder("folder")),
                mistake(
                        "evaluate notes.txt",
                        "cannot read notes.txt: it is a text file; name a safetensors file",
                        text("notes.txt", "hello, this is no model\n")),
                mistake("evaluate empty", "cannot read empty: the file is empty", text("empty", "")),
                mistake(
                        "evaluate done --split tset",
                        "--split must be train, validation or test; got 'tset'; did you mean 'test'?",
                        copyOf("done")),
                mistake(
                        "evaluate done/checkpoint/model.safetensors --best",
                        "--best is for a run's folder; 'done/checkpoint/model.safetensors' is a file",
                        copyOf("done")),
                mistake(
                        "evaluate done/checkpoint/model.safetensors",
                        "cannot read done/checkpoint/model.safetensors: header length N exceeds the file (N"
                                + " bytes); the file is truncated",
                        cut("done", "checkpoint/model.safetensors")),
                mistake(
                        "evaluate done",
                        "cannot read done/checkpoint/model.safetensors: header length N exceeds the file (N"
                                + " bytes); the file is truncated; there is no intact checkpoint before it",
                        cut("done", "checkpoint/model.safetensors")),
                mistake(
                        "evaluate done --best",
                        "cannot read done/checkpoint/best.safetensors: its content is not what was written; the file"
                                + " is damaged; there is no intact checkpoint before it",
                        flipped("done", "checkpoint/best.safetensors")),
                mistake(
                        "evaluate stopped --best",
                        "run 'stopped' has no best model before its first epoch has ended",
                        copyOf("stopped")),
                mistake("inspect", "'stiefel inspect' needs a RUN|MODEL; 'stiefel inspect --help' explains it"),
                mistake("inspect nowhere", "there is no run or model at 'nowhere'"),
                mistake(
                        "inspect done --ranks",
                        "'stiefel inspect' has no option '--ranks'; 'stiefel inspect --help' explains it",
                        copyOf("done")),
                mistake(
                        "inspect done other",
                        "unexpected argument 'other'; 'stiefel inspect --help' explains it",
                        copyOf("done")),
                mistake(
                        "inspect done",
                        "cannot read done/checkpoint/model.safetensors: it does not exist; there is no intact"
                                + " checkpoint before it",
                        without("done", "checkpoint/model.safetensors")),
                mistake(
                        "inspect run",
                        "cannot read run/run.json: this is not a run: the key 'data' is missing",
                        text("run/run.json", "{\"status\": \"done\"}")));
    }

    static Stream<Case> continuations() {
        return Stream.of(
                mistake("finetune", "'stiefel finetune' needs a RUN|MODEL; 'stiefel finetune --help' explains it"),
                mistake("finetune nowhere", "there is no run or model at 'nowhere'"),
                mistake("finetune folder", "'folder' is not a run: it has no run.json", folder("folder")),
                mistake(
                        "finetune done/checkpoint/model.safetensors --best",
                        "--best is for a run's folder; 'done/checkpoint/model.safetensors' is a file",
                        copyOf("done")),
                mistake(
                        "finetune done",
                        "there is no checkpoint done/checkpoint yet",
                        withoutFolder("done", "checkpoint")),
                mistake(
                        "finetune done",
                        "cannot read done/checkpoint/model.safetensors: header length N exceeds the file (N"
                                + " bytes); the file is truncated; there is no intact checkpoint before it",
                        cut("done", "checkpoint/model.safetensors")),
                mistake(
                        "finetune stopped --best",
                        "run 'stopped' has no best model before its first epoch has ended",
                        copyOf("stopped")),
                mistake(
                        "finetune diverged",
                        "finetune: run 'diverged' has diverged; the model of its best epoch may do: --best",
                        copyOf("diverged")),
                mistake(
                        "finetune dense --method bug",
                        "method must be 'dense' for weights that are not factored; got bug; compress the network first",
                        copyOf("dense")),
                mistake(
                        "finetune done --rank 3",
                        "'stiefel finetune' has no option '--rank'; did you mean '--task'?",
                        copyOf("done")),
                mistake(
                        "finetune done --method dense",
                        "method must be one for factored weights; got dense",
                        copyOf("done")),
                mistake(
                        "finetune done --epochs 0",
                        "--epochs must be a whole number, in [1, 1000000]; got 0",
                        copyOf("done")),
                mistake(
                        "finetune done --data mnst",
                        "there is no data set, file or folder 'mnst'; did you mean 'mnist'?",
                        copyOf("done")),
                mistake(
                        "finetune done --data mnist",
                        "layers must begin with 784 and end with 10 for data set 'mnist'; got 64-8-10",
                        copyOf("done")),
                mistake(
                        "finetune done --out done",
                        "'done' exists; nothing is ever overwritten: name another folder, or resume it",
                        copyOf("done")),
                mistake(
                        "finetune done",
                        "finetune: network 64-8-10 of done cannot take the samples of data 'mnist': 'layers.0.weight'"
                                + " would have to be [8, 784]; it is [8, 64]",
                        onMnist("done")),
                mistake("compress", "'stiefel compress' needs a RUN|MODEL; 'stiefel compress --help' explains it"),
                mistake(
                        "compress dense",
                        "'stiefel compress' needs --rank N, --tolerance T or --budget F: how much to keep",
                        copyOf("dense")),
                mistake(
                        "compress dense --rank 3 --tolerance 0.1",
                        "--rank cannot go with --tolerance; give one of them",
                        copyOf("dense")),
                mistake(
                        "compress dense --tolerance 0.1 --budget 0.5",
                        "--tolerance cannot go with --budget; give one of them",
                        copyOf("dense")),
                mistake("compress nowhere --rank 3", "there is no run or model at 'nowhere'"),
                mistake("compress folder --rank 3", "'folder' is not a run: it has no run.json", folder("folder")),
                mistake("compress dense --rank 9", "rank (9) must be in [1, 8] for a [8, 64] weight", copyOf("dense")),
                mistake(
                        "compress dense --rank 3-3",
                        "rank must be one number, or one for each of the 1 factored layers; got 3-3",
                        copyOf("dense")),
                mistake(
                        "compress done --rank 3",
                        "compress: rank (3) must be at most 2, the rank that 'layers.0' has now",
                        copyOf("done")),
                mistake("compress dense --tolerance 1", "--tolerance must be in [0, 1); got 1", copyOf("dense")),
                mistake("compress dense --budget 0", "--budget must be in (0, 1]; got 0", copyOf("dense")),
                mistake("compress dense --budget all", "--budget must be in (0, 1]; got all", copyOf("dense")),
                mistake(
                        "compress dense --budget 0.1",
                        "budget must be at least 0.256757, the share of the output layer and rank 1 in the others; got"
                                + " 0.1",
                        copyOf("dense")),
                mistake(
                        "compress dense --rank 3 --learning-rate 0.1",
                        "'learning-rate' is for retraining; give the number of 'epochs'",
                        copyOf("dense")),
                mistake(
                        "compress diverged --rank 1",
                        "compress: run 'diverged' has diverged; the model of its best epoch may do: --best",
                        copyOf("diverged")),
                mistake(
                        "compress dense/checkpoint/model.safetensors --rank 3 --best",
                        "--best is for a run's folder; 'dense/checkpoint/model.safetensors' is a file",
                        copyOf("dense")),
                mistake(
                        "compress dense --rank 3 --out dense",
                        "'dense' exists; nothing is ever overwritten: name another folder, or resume it",
                        copyOf("dense")),
                mistake(
                        "compress dense --rank 1",
                        "compress: dense must be a 784-8-10 network of ReLU layers and a linear output layer, for"
                                + " softmax cross-entropy; got 64-8-10, or other activations or another loss",
                        onMnist("dense")),
                mistake(
                        "compress dense --rank 1 --form tucker",
                        "'form' is for networks with convolutions; network 'mlp' has none",
                        copyOf("dense")),
                mistake(
                        "compress dense --rank 1 --form tuker",
                        "--form must be one of matrix, tucker; got tuker; did you mean 'tucker'?",
                        copyOf("dense")),
                mistake(
                        "compress dense --rank 2x3",
                        "rank (2x3) is for a kernel in Tucker form; 'layers.0.weight' has one rank; give a number",
                        copyOf("dense")),
                mistake("export done", "'stiefel export' needs an OUT; 'stiefel export --help' explains it"),
                mistake("export nowhere a.pt", "export: the file's name must end in .onnx or .safetensors; got 'a.pt'"),
                mistake("export nowhere a.onnx", "there is no run or model at 'nowhere'"),
                mistake(
                        "export done done/run.onnx",
                        "'done/run.onnx' exists; nothing is ever overwritten: name another file",
                        directory -> {
                            copyOf("done").set(directory);
                            Files.createFile(directory.resolve("done/run.onnx"));
                        }),
                mistake(
                        "export done a.safetensors --softmax",
                        "export: a .safetensors file holds weights, and ends in no softmax; export to .onnx",
                        copyOf("done")),
                failure(
                        "export done nowhere/a.onnx",
                        "cannot write nowhere/a.onnx: nowhere does not exist",
                        copyOf("done")),
                mistake("import x", "'stiefel import' needs an OUT_RUN; 'stiefel import --help' explains it"),
                mistake("import x runs/x", "there is no run or model at 'x'"),
                mistake("import done runs/x", "import: 'done' is already a run", copyOf("done")),
                mistake(
                        "import done/checkpoint/model.safetensors done",
                        "'done' exists; nothing is ever overwritten: name another folder, or resume it",
                        copyOf("done")),
                mistake(
                        "import done/checkpoint/model.safetensors new --data mnst",
                        "there is no data set, file or folder 'mnst'; did you mean 'mnist'?",
                        copyOf("done")),
                mistake(
                        "import done/checkpoint/model.safetensors new --data mnist",
                        "import: samples of data set 'mnist' have 784 values and 10 classes; got a 64-8-10 network",
                        copyOf("done")),
                mistake(
                        "import done/checkpoint/model.safetensors new --epochs 2",
                        "'stiefel import' has no option '--epochs'; 'stiefel import --help' explains it",
                        copyOf("done")),
                mistake(
                        "import-logs logs",
                        "'stiefel import-logs' needs an OUT; 'stiefel import-logs --help' explains it"),
                mistake("import-logs logs new", "import-logs: there is no folder 'logs'"),
                mistake("import-logs logs new", "import-logs: 'logs' is not a folder", text("logs", "loss_train")),
                mistake(
                        "import-logs logs new",
                        "import-logs: there are no logs in 'logs'; they lie in"
                                + " EXPERIMENT/RunK/historyLogs/history_NNN_.csv",
                        folder("logs")),
                mistake(
                        "import-logs logs folder",
                        "import-logs: 'folder' exists already; choose another folder",
                        directory -> {
                            folder("folder").set(directory);
                            folder("logs").set(directory);
                        }),
                mistake("import folder new", "'folder' is not a run: it has no run.json", folder("folder")),
                mistake("evaluate done --attack pgd --epsilon 0.1", "--attack must be fgsm; got 'pgd'", copyOf("done")),
                mistake(
                        "evaluate done --attack fgsm",
                        "--attack needs --epsilon, the distance that input values move, such as 0.1",
                        copyOf("done")),
                mistake("evaluate done --epsilon 0.1", "--epsilon is for an attack; add --attack fgsm", copyOf("done")),
                mistake(
                        "evaluate done --attack fgsm --epsilon -0.1",
                        "--epsilon must be at least 0 and finite; got -0.1",
                        copyOf("done")),
                mistake(
                        "evaluate done --attack fgsm --epsilon much",
                        "--epsilon must be a number; got 'much'",
                        copyOf("done")));
    }

    static Stream<Case> stateDicts() {
        String unread = "cannot read conv.safetensors: without the metadata key 'stiefel' it must be a state dict of"
                + " PyTorch: ";
        String channels = " must be a number for each of the 1 channels of data 'digits'; got 0.1,0.2,0.3";
        return Stream.of(
                mistake(
                        "import conv.safetensors new",
                        "conv.safetensors does not record the data of its training; name the data set with data",
                        stateDict()),
                mistake(
                        "import conv.safetensors new --data digits --network vgg16",
                        unread + "tensor '0.weight' must be [64, 1, 3, 3], as 'conv1_1' of network 'vgg16' for images"
                                + " [32, 32, 1]; got [16, 1, 3, 3]",
                        stateDict()),
                mistake(
                        "import conv.safetensors new --data digits --network mlp",
                        unread + "network 'mlp' has no convolutions; the file has",
                        stateDict()),
                mistake(
                        "import conv.safetensors new --data digits --network resnet18",
                        "--network must be one of mlp, small-conv, lenet5, alexnet, vgg16, vgg16-wide, resnet20,"
                                + " resnet20-extra, resnet20-projections, transformer, language-model, text-classifier;"
                                + " got resnet18; did you mean 'resnet20'?",
                        stateDict()),
                mistake(
                        "import conv.safetensors new --data mnist",
                        unread + "tensor '12.weight' must be [64, 3136], as 'fc1' of network 'small-conv' for images"
                                + " [28, 28, 1]; got [64, 256], which is for images of 8 × 8 pixels",
                        stateDict()),
                mistake(
                        "import conv.safetensors new --data cifar10",
                        unread + "tensor '12.weight' must be [64, 4096], as 'fc1' of network 'small-conv' for images"
                                + " [32, 32, 1]; got [64, 256], which is for images of 8 × 8 pixels",
                        stateDict()),
                mistake(
                        "import conv.safetensors new --data digits --channel-means 0.5",
                        "channel-means: deviations are needed as well; give channel-deviations, too",
                        stateDict()),
                mistake(
                        "import conv.safetensors new --data digits --channel-deviations 0.5",
                        "'channel-deviations' needs means as well; give channel-means, too",
                        stateDict()),
                mistake(
                        "import conv.safetensors new --data digits --channel-means 0.1,0.2,0.3 --channel-deviations 1",
                        "channel-means" + channels,
                        stateDict()),
                mistake(
                        "import conv.safetensors new --data digits --channel-means 0 --channel-deviations 0",
                        "--channel-deviations must be a number for each channel, above 0 and finite, separated by"
                                + " commas; got 0",
                        stateDict()),
                mistake(
                        "import conv.safetensors new --data digits --channel-means 0 --channel-deviations 1"
                                + " --normalize",
                        "'channel-means' cannot go with 'normalize'; give one of them",
                        stateDict()),
                mistake(
                        "import model.pt new --data digits",
                        "cannot read model.pt: it is a zip archive, as torch.save writes; save the state dict with"
                                + " safetensors.torch.save_file",
                        bytes("model.pt", new byte[] {'P', 'K', 3, 4, 0, 0})),
                mistake(
                        "inspect model.pth",
                        "cannot read model.pth: it is a pickle, as torch.save writes; save the state dict with"
                                + " safetensors.torch.save_file",
                        bytes("model.pth", new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 108})),
                mistake(
                        "finetune conv.safetensors",
                        "conv.safetensors does not record the data of its training; name the data set with data",
                        stateDict()),
                mistake(
                        "finetune conv.safetensors --data table.csv --target y",
                        "network 'small-conv' is for images; got data 'table.csv', whose samples are 1 values each;"
                                + " use network 'mlp'",
                        both(stateDict(), text("table.csv", "x,y\n1,a\n2,b\n3,a\n4,b\n5,a\n6,b\n7,a\n8,b\n"))),
                mistake(
                        "finetune conv.safetensors --data cifar10",
                        "finetune: the network of conv.safetensors takes images of 1 channel; those of data 'cifar10'"
                                + " have 3",
                        stateDict()),
                mistake(
                        "compress conv.safetensors --rank 2",
                        "conv.safetensors does not record the data of its training; name the data set with data",
                        stateDict()));
    }

    /// PyTorch's file of a small network for the digits.
    private static Scene stateDict() {
        return directory -> Files.copy(
                Path.of("../lab/src/test/resources/dev/stiefel/lab/model/images/small-conv.safetensors"),
                directory.resolve("conv.safetensors"));
    }

    static Stream<Case> sweeps() {
        String small = "name: s\nbase: {experiment: digits, method: dense}\naxes: {width: [4, 8]}\n";
        return Stream.of(
                mistake(
                        "sweep",
                        "'stiefel sweep' needs a SPEC: a YAML file, or a built-in sweep; 'stiefel sweep --list' shows"
                                + " those"),
                mistake("sweep double-descent.yaml", "there is no file 'double-descent.yaml'"),
                mistake("sweep thesis/5k-smal", "there is no sweep 'thesis/5k-smal'; did you mean 'thesis/5k-small'?"),
                mistake("sweep folder", "'folder' is a folder; a sweep is described by a YAML file", folder("folder")),
                mistake(
                        "sweep s.yaml",
                        "s.yaml: axes: unknown option 'widht'; did you mean 'width'?",
                        text("s.yaml", "axes: {widht: [1]}")),
                mistake(
                        "sweep s.yaml",
                        "s.yaml: axes: 'width' has no values; list some, or leave it out",
                        text("s.yaml", "axes: {width: []}")),
                mistake(
                        "sweep s.yaml",
                        "s.yaml is not valid YAML: Duplicate Object property \"name\"",
                        text("s.yaml", "name: a\nname: b")),
                mistake(
                        "sweep s.yaml",
                        "s.yaml: line 2: aliases ('*a') are not supported; write the value out",
                        text("s.yaml", "base: &a {width: 4}\naxes: *a")),
                mistake(
                        "sweep s.yaml",
                        "sweep 's' has 10,000,000 runs or more; at most 1,000,000 are allowed; give its axes fewer"
                                + " values",
                        text(
                                "s.yaml",
                                "axes: {width: {from: 1, to: 1000, step: 1}, rank: {from: 1, to: 100, step: 1}}\n"
                                        + "runs: 100")),
                mistake(
                        "sweep s.yaml",
                        "sweep 's' has no runs: exclude leaves all 2 combinations out",
                        text("s.yaml", small + "exclude: ['width > 0']")),
                mistake(
                        "sweep s.yaml --jobs 0",
                        "--jobs must be a whole number in [1, 1024]; got 0",
                        text("s.yaml", small)),
                mistake("sweep s.yaml --jobs many", "--jobs must be a whole number; got 'many'", text("s.yaml", small)),
                mistake(
                        "sweep s.yaml --retry-faild",
                        "'stiefel sweep' has no option '--retry-faild'; did you mean '--retry-failed'?",
                        text("s.yaml", small)),
                mistake("sweep s.yaml --out s.yaml", "'s.yaml' is a file; a sweep is a folder", text("s.yaml", small)),
                mistake(
                        "sweep s.yaml --out .",
                        "'.' holds something other than a sweep; name another folder with --out",
                        text("s.yaml", small)),
                mistake(
                        "sweep s.yaml --out other",
                        "'other' holds sweep 'o', not 's'; name another folder with --out",
                        directory -> {
                            text("s.yaml", small).set(directory);
                            text("other/sweep.json", "{\"name\": \"o\"}").set(directory);
                        }),
                mistake(
                        "sweep s.yaml --out other",
                        "cannot read other/sweep.json: it is not valid JSON: it ends too early; the file is truncated",
                        directory -> {
                            text("s.yaml", small).set(directory);
                            text("other/sweep.json", "{\"name\": ").set(directory);
                        }),
                mistake("merge all", "'stiefel merge' needs a SWEEP; 'stiefel merge --help' explains it"),
                mistake("merge all nowhere", "there is no sweep at 'nowhere'"),
                mistake("merge all done", "cannot read done/sweep.json: it does not exist", copyOf("done")),
                mistake(
                        "merge done done",
                        "'done' exists; nothing is ever overwritten: name another folder",
                        copyOf("done")),
                mistake(
                        "merge all a b",
                        "merge: 'a' holds sweep 'one', 'b' holds 'two'; only folders of one sweep go together",
                        directory -> {
                            text("a/sweep.json", "{\"name\": \"one\"}").set(directory);
                            text("b/sweep.json", "{\"name\": \"two\"}").set(directory);
                        }));
    }

    static Stream<Case> reports() {
        String sweep = "{\"format\": 1, \"name\": \"one\", \"spec\": {}}";
        return Stream.of(
                mistake("report", "'stiefel report' needs a PATH; 'stiefel report --help' explains it"),
                mistake("report nowhere", "there is no run, sweep or folder 'nowhere'"),
                mistake(
                        "report file",
                        "'file' is a file; a report is made of folders: a run, a sweep, imported logs",
                        text("file", "")),
                mistake("report folder", "there are no runs in 'folder'", folder("folder")),
                mistake(
                        "report done",
                        "cannot report on 'done': it has no history.csv; the run is damaged, or was stopped before it"
                                + " began",
                        without("done", "history.csv")),
                mistake(
                        "report done",
                        "cannot read done/run.json: it is not valid JSON: it ends too early; the file is truncated",
                        cut("done", "run.json")),
                mistake(
                        "report done",
                        "cannot read done/history.csv: a row must have at least 10 cells; got 'nonsense'",
                        changed("done", "history.csv", _ -> "epoch\nnonsense\n".getBytes(StandardCharsets.UTF_8))),
                mistake(
                        "report done",
                        "cannot report on 'done': no epoch has ended yet (status done)",
                        changed("done", "history.csv", _ -> "epoch\n".getBytes(StandardCharsets.UTF_8))),
                mistake(
                        "report done",
                        "cannot report on 'done': no epoch has a finite loss (status done)",
                        changed(
                                "done",
                                "history.csv",
                                _ -> "epoch\n1,NaN,NaN,,,NaN,NaN,0.1,1.0,100,2\n".getBytes(StandardCharsets.UTF_8))),
                mistake(
                        "report done --out file",
                        "--out must be a folder, or new; 'file' is a file",
                        both(copyOf("done"), text("file", ""))),
                mistake(
                        "report done --out done/figures",
                        "--out must not lie in a run; 'done/figures' is in the run 'done'; name a folder outside",
                        copyOf("done")),
                mistake(
                        "report done --out new --figures 0",
                        "report: there must be at least 1 figure; got 0",
                        copyOf("done")),
                mistake("report done --figures some", "--figures must be a whole number; got 'some'", copyOf("done")),
                mistake("report done done", "'done' is named twice; name it once", copyOf("done")),
                mistake(
                        "report done dense",
                        "report: a report on 2 folders needs a place of its own; name it with --out DIR",
                        both(copyOf("done"), copyOf("dense"))),
                mistake(
                        "report done . --out new",
                        "'done' lies in '.', and its runs would count twice; name one of them",
                        copyOf("done")),
                mistake(
                        "report a b --out new",
                        "'a' and 'b' are both sweeps called 'one'; unite them with 'stiefel merge', or give one another"
                                + " name",
                        both(text("a/sweep.json", sweep), text("b/sweep.json", sweep))),
                mistake("report a", "sweep 'a' has no runs yet", text("a/sweep.json", sweep)),
                mistake(
                        "report done",
                        "'done/report.html' exists and was not made by report; move it away, or name a folder with"
                                + " --out",
                        both(copyOf("done"), text("done/report.html", "mine"))),
                mistake(
                        "report done --out new",
                        "'new/summary.csv' exists and was not made by report; move it away, or name another folder with"
                                + " --out",
                        both(copyOf("done"), text("new/summary.csv", "mine"))),
                mistake(
                        "report done --check",
                        "there is no report in 'done' to check: it has no report.json and no report.html; 'stiefel"
                                + " report' makes one",
                        copyOf("done")),
                mistake("report nowhere --check", "there is no folder 'nowhere'"),
                mistake(
                        "report done --check",
                        "cannot read done/report.html: it does not say what it was made of",
                        both(copyOf("done"), text("done/report.html", "mine"))),
                mistake(
                        "report folder --check",
                        "cannot read folder/report.json: the key 'format' is missing",
                        text("folder/report.json", "{}")),
                mistake(
                        "report done --check --out new",
                        "--check takes one PATH, the folder of the report, and no other choices: the report records"
                                + " them",
                        copyOf("done")));
    }

    private static Scene both(Scene one, Scene other) {
        return directory -> {
            one.set(directory);
            other.set(directory);
        };
    }

    @ParameterizedTest
    @MethodSource({
        "commands",
        "experiments",
        "options",
        "folders",
        "models",
        "continuations",
        "stateDicts",
        "sweeps",
        "reports"
    })
    void badInputEndsWithOneLineAndLeavesNothing(Case bad) throws IOException {
        CommandRunner door = new CommandRunner(directory);
        bad.scene.set(directory);
        SortedMap<String, String> before = door.everything();

        CommandRunner.Result result = door.run(bad.arguments);

        // How long a model's header is depends on how many options there are.
        String said = result.err()
                .replaceAll("-[0-9]{8}-[0-9]{6}", "-TIMESTAMP")
                .replaceAll("length [0-9]{4} exceeds the file \\([0-9]{4} bytes", "length N exceeds the file (N bytes");
        assertThat(said).isEqualTo("stiefel: " + bad.message + System.lineSeparator());
        assertThat(result.code()).isEqualTo(bad.code);
        assertThat(result.out()).isEmpty();
        assertThat(door.everything()).isEqualTo(before);
    }

    private static Case mistake(String arguments, String message) {
        return mistake(arguments, message, folder -> {});
    }

    private static Case mistake(String arguments, String message, Scene scene) {
        return new Case(arguments, MISTAKE, message, scene);
    }

    private static Case failure(String arguments, String message) {
        return failure(arguments, message, folder -> {});
    }

    private static Case failure(String arguments, String message, Scene scene) {
        return new Case(arguments, FAILURE, message, scene);
    }

    private static Scene text(String name, String content) {
        return bytes(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private static Scene bytes(String name, byte[] content) {
        return directory -> {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        };
    }

    private static Scene folder(String name) {
        return directory -> Files.createDirectories(directory.resolve(name));
    }

    private static Scene copyOf(String run) {
        return directory -> {
            try (Stream<Path> files = Files.walk(runs.resolve(run))) {
                for (Path file : files.toList()) {
                    Files.copy(file, directory.resolve(runs.relativize(file).toString()));
                }
            }
        };
    }

    private static Scene cut(String run, String name) {
        return changed(run, name, content -> Arrays.copyOf(content, content.length / 2));
    }

    private static Scene flipped(String run, String name) {
        return changed(run, name, content -> {
            content[content.length - 1] ^= 1;
            return content;
        });
    }

    private interface Change {
        byte[] of(byte[] content);
    }

    private static Scene changed(String run, String name, Change change) {
        return directory -> {
            copyOf(run).set(directory);
            Path file = directory.resolve(run).resolve(name);
            Files.write(file, change.of(Files.readAllBytes(file)));
        };
    }

    private static Scene withoutFolder(String run, String name) {
        return directory -> {
            copyOf(run).set(directory);
            try (Stream<Path> files = Files.walk(directory.resolve(run).resolve(name))) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        };
    }

    /// A run that says it was trained on data that is not here and cannot be fetched.
    private static Scene onMnist(String run) {
        return directory -> {
            copyOf(run).set(directory);
            Path file = directory.resolve(run).resolve("run.json");
            String json = Files.readString(file).replace("\"data\" : \"digits\"", "\"data\" : \"mnist\"");
            Files.writeString(file, json);
            text("cache/data/mnist", "in the way").set(directory);
        };
    }

    private static Scene without(String run, String name) {
        return directory -> {
            copyOf(run).set(directory);
            Files.delete(directory.resolve(run).resolve(name));
        };
    }
}
