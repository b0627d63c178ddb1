package io.atlas;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * A Java file, parsed by the compiler's own parser.
 *
 * @param name as the repository names it
 */
record Source(String name, List<String> lines, CompilationUnitTree unit, SourcePositions positions) {
    /** A text that is to be parsed as a file of that name. */
    private static final class Text extends SimpleJavaFileObject {
        private final String text;

        Text(String name, String text) {
            super(URI.create("repository:///" + name), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** The written Java files of the repository. */
    static List<Source> all() {
        List<Text> texts = new ArrayList<>();
        for (Path path : Repository.files(".java")) {
            texts.add(new Text(Repository.name(path), Repository.read(path)));
        }
        return parsed(texts);
    }

    /** One file that is only written here. */
    static Source of(String name, String text) {
        return parsed(List.of(new Text(name, text))).getFirst();
    }

    private static List<Source> parsed(List<Text> texts) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavacTask task = (JavacTask) compiler.getTask(null, null, null, List.of("-proc:none"), null, texts);
        SourcePositions positions = Trees.instance(task).getSourcePositions();
        List<Source> sources = new ArrayList<>();
        try {
            for (CompilationUnitTree unit : task.parse()) {
                String name = unit.getSourceFile().toUri().getPath().substring(1);
                String text = unit.getSourceFile().getCharContent(true).toString();
                sources.add(new Source(name, text.lines().toList(), unit, positions));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sources;
    }

    /** Whether it is part of the product, and not a test of it. */
    boolean main() {
        return name.contains("src/main/");
    }

    /** Whether it only describes its package. */
    boolean describesPackage() {
        return name.endsWith("package-info.java");
    }

    /** The package it declares. */
    String packageName() {
        return String.valueOf(unit.getPackageName());
    }

    /** The line on which a part of it begins. */
    long line(Tree part) {
        return unit.getLineMap().getLineNumber(positions.getStartPosition(unit, part));
    }

    /** The lines that a part of it covers. */
    long linesOf(Tree part) {
        return unit.getLineMap().getLineNumber(positions.getEndPosition(unit, part)) - line(part) + 1;
    }
}
