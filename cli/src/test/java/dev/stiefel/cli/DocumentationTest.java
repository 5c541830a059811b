package dev.stiefel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every public type and member of the library says what it is. (javac's own lint for missing comments also wants
/// a `@param` for every parameter.)
class DocumentationTest {
    @ParameterizedTest
    @ValueSource(strings = {"core", "data", "lab", "cli"})
    void everyPublicTypeAndMemberHasAComment(String module) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> silent = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources(module)));
            DocTrees docs = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                unit.getTypeDecls().stream()
                        .filter(ClassTree.class::isInstance)
                        .forEach(type -> inspect(docs, new TreePath(new TreePath(unit), type), false, silent));
            }
        }
        assertThat(silent).isEmpty();
    }

    private static List<Path> sources(String module) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    private static void inspect(DocTrees docs, TreePath path, boolean inInterface, List<String> silent) {
        ClassTree type = (ClassTree) path.getLeaf();
        if (!inInterface && !isVisible(type.getModifiers())) {
            return;
        }
        demand(docs, path, type.getSimpleName().toString(), silent);
        boolean isInterface = type.getKind() == Tree.Kind.INTERFACE;
        for (Tree member : type.getMembers()) {
            TreePath at = new TreePath(path, member);
            if (member instanceof ClassTree) {
                inspect(docs, at, isInterface, silent);
            } else if (member instanceof MethodTree method
                    && isPublic(method, isInterface)
                    && !isCovered(type, method)) {
                demand(docs, at, type.getSimpleName() + "." + method.getName(), silent);
            }
        }
    }

    private static boolean isPublic(MethodTree method, boolean inInterface) {
        return isVisible(method.getModifiers())
                || (inInterface && !method.getModifiers().getFlags().contains(Modifier.PRIVATE));
    }

    private static void demand(DocTrees docs, TreePath path, String name, List<String> silent) {
        if (docs.getDocComment(path) == null) {
            silent.add(name);
        }
    }

    private static boolean isVisible(ModifiersTree modifiers) {
        return modifiers.getFlags().contains(Modifier.PUBLIC)
                || modifiers.getFlags().contains(Modifier.PROTECTED);
    }

    /// An overriding method inherits its comment, and a record's comment covers its own constructor.
    private static boolean isCovered(ClassTree type, MethodTree method) {
        return (type.getKind() == Tree.Kind.RECORD && method.getReturnType() == null)
                || method.getModifiers().getAnnotations().stream()
                        .anyMatch(annotation ->
                                annotation.getAnnotationType().toString().equals("Override"));
    }
}
