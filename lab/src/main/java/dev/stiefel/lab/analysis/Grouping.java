package dev.stiefel.lab.analysis;

import dev.stiefel.lab.run.Option;
import java.util.List;

record Grouping(List<Option<?>> axes, List<Configuration> configurations, List<Configuration> missing) {}
