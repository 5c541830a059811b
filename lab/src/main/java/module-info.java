/// Experiments: their options and presets, runs as folders, exact resume.
module dev.stiefel.lab {
    requires java.management;
    requires transitive dev.stiefel.core;
    requires transitive dev.stiefel.data;
    requires static transitive org.jspecify;
    requires com.github.weisj.jsvg;
    requires java.desktop;
    requires tools.jackson.databind;
    requires tools.jackson.dataformat.yaml;

    exports dev.stiefel.lab.analysis;
    exports dev.stiefel.lab.bench;
    exports dev.stiefel.lab.figure;
    exports dev.stiefel.lab.report;
    exports dev.stiefel.lab.logs;
    exports dev.stiefel.lab.run;
    exports dev.stiefel.lab.sweep;
}
