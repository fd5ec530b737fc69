return await Tidemark.Local.Commands.CommandTree.RunAsync(args);
