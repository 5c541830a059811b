package dev.stiefel.lab.analysis;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

final class RunSetReader {
    RunSet read(List<Path> paths) throws IOException {
        throw new UnsupportedOperationException();
    }
}
